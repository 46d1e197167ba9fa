/**
 * A value as a message may repeat it: short, and without what opens a door. Values of secret-like settings are left out,
 * wherever in it they stand.
 */
export function shownValue(value: unknown): string {
  // A password in an address, and what stands behind ? or #, must not be repeated.
  const text = (jsonOf(value) ?? String(value)).replaceAll(/[^"\s]*@/g, '…@').replaceAll(/[?#][^"]*/g, '?…');
  const shown = withoutAccessKeys(text);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

// A KMS key is named by its id, which is no secret; the key of a tag or of a JSON secret is a name.
const SECRET_SETTING = /token|secret|password|authorization|(?<!kms)key$/i;

/** Variables of a container hold whatever its maker put there. */
const VARIABLES = /(?:^|\.)environment(?:$|[.[])/;

export const isSecretSetting = (name: string): boolean => SECRET_SETTING.test(name) || VARIABLES.test(name);

/** AWS, "IAM identifiers": AKIA is a user's access key, ASIA one of a session; 20 characters in all. */
const ACCESS_KEY = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/;

export const holdsAccessKey = (text: string): boolean => ACCESS_KEY.test(text);

/** For a sentence that may repeat something from a configuration. */
export const withoutAccessKeys = (text: string): string =>
  text.replaceAll(new RegExp(ACCESS_KEY, 'g'), (key) => `${key.slice(0, 4)}…`);

/** YAML anchors can make a value hold itself. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (name, member: unknown) =>
      VARIABLES.test(name) || (isSecretSetting(name) && typeof member !== 'object') ? '…' : member,
    );
  } catch {
    return 'a value that holds itself';
  }
}

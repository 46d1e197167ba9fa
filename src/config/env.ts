import { ConfigError } from '../core/errors';
import { parseModelConfig } from './model-config';
import { variableSecret } from './secret-arn';

/**
 * The variables of the two sample guides as a configuration, so that their users move by swapping the code.
 * Both vendors' variables together mean two sinks. Null when no variable of either guide is set.
 * Throws a ConfigError that names every missing or wrong variable at once.
 */
export type Env = Readonly<Record<string, string | undefined>>;

export function configFromVendorEnv(env: Env): Record<string, unknown> | null {
  const problems: string[] = [];
  const sinks = [arthurSink(env, problems), fiddlerSink(env, problems)].filter((sink) => sink !== null);
  if (sinks.length === 0) return null;
  const raw = { model: 'environment', sinks };
  const named = new Set(problems.map(variableOf));
  problems.push(...wrongVariables(raw, env).filter((problem) => !named.has(variableOf(problem))));
  if (problems.length > 0) throw new ConfigError(problems);
  return raw;
}

const variableOf = (problem: string): string => /^\w+/.exec(problem)?.[0] ?? problem;

/** What the schema has against the values, in words of the variables: who set them knows nothing of `sinks[0].host`. */
function wrongVariables(raw: { readonly sinks: readonly Record<string, unknown>[] }, env: Env): string[] {
  try {
    parseModelConfig(raw);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) =>
      problem.replace(
        /^sinks\[(\d+)\]\.([A-Za-z]+)(?:\.([A-Za-z]+))?/,
        (all, at: string, key: string, inner?: string) => {
          const sink = raw.sinks[Number(at)];
          const setting = `${String(sink?.type)}.${inner ?? key}`;
          const isOfApp = setting === 'fiddler.url' && sink?.partnerApp !== undefined;
          return isOfApp && valueOf(env, 'FIDDLER_URL') === '' ? 'AWS_PARTNER_APP_URL' : (VARIABLES[setting] ?? all);
        },
      ),
    );
  }
}

const VARIABLES: Readonly<Record<string, string>> = {
  'arthur.host': 'ARTHUR_HOST',
  'arthur.modelId': 'ARTHUR_MODEL_ID',
  'arthur.mode': 'ARTHUR_MODE',
  'fiddler.url': 'FIDDLER_URL',
  'fiddler.modelId': 'FIDDLER_MODEL_UUID',
  'fiddler.inputs': 'FIDDLER_MODEL_COLUMNS',
  'fiddler.outputs': 'FIDDLER_MODEL_OUTPUT_COLUMN',
  'fiddler.timestampColumn': 'FIDDLER_TIMESTAMP_COLUMN',
  'fiddler.arn': 'AWS_PARTNER_APP_ARN',
};

/** Variables that belong to a function set up by a guide, for messages. */
export const VENDOR_VARIABLES = [
  'ARTHUR_HOST',
  'ARTHUR_MODEL_ID',
  'ARTHUR_ACCESS_TOKEN',
  'FIDDLER_URL',
  'FIDDLER_TOKEN',
  'FIDDLER_MODEL_UUID',
  'FIDDLER_MODEL_COLUMNS',
  'FIDDLER_MODEL_OUTPUT_COLUMN',
] as const;

function arthurSink(env: Env, problems: string[]): Record<string, unknown> | null {
  if (!isAnySet(env, ['ARTHUR_HOST', 'ARTHUR_MODEL_ID', 'ARTHUR_ACCESS_TOKEN'])) return null;
  const host = required(env, 'ARTHUR_HOST', 'the address of your Arthur, such as https://app.arthur.ai/', problems);
  const modelId = required(env, 'ARTHUR_MODEL_ID', 'the id of the Arthur model', problems);
  const token = requiredToken(env, 'ARTHUR_ACCESS_TOKEN', 'an access token with raw_data write', problems);
  const mode = valueOf(env, 'ARTHUR_MODE').toLowerCase();
  return { type: 'arthur', host, modelId, token, ...(mode === '' ? {} : { mode }) };
}

function fiddlerSink(env: Env, problems: string[]): Record<string, unknown> | null {
  if (
    !isAnySet(env, [
      'FIDDLER_URL',
      'FIDDLER_TOKEN',
      'FIDDLER_MODEL_UUID',
      'FIDDLER_MODEL_COLUMNS',
      'FIDDLER_MODEL_OUTPUT_COLUMN',
    ])
  )
    return null;
  const isPartnerApp = valueOf(env, 'AWS_PARTNER_APP_AUTH').toLowerCase() === 'true';
  const app = isPartnerApp ? partnerApp(env, problems) : null;
  const url = app?.url ?? required(env, 'FIDDLER_URL', 'the address of your Fiddler, with https://', problems);
  const token = requiredToken(env, 'FIDDLER_TOKEN', 'your Fiddler token', problems);
  const modelId = required(env, 'FIDDLER_MODEL_UUID', 'the UUID of the Fiddler model', problems);
  const columns = required(
    env,
    'FIDDLER_MODEL_COLUMNS',
    "the input columns, in the order of the endpoint's input, separated by commas",
    problems,
  );
  const output = required(
    env,
    'FIDDLER_MODEL_OUTPUT_COLUMN',
    'the output column; several separated by commas',
    problems,
  );
  const timestampColumn = valueOf(env, 'FIDDLER_TIMESTAMP_COLUMN');
  const inputs = columns.split(',').map((name) => name.trim());
  if (columns !== '' && inputs.includes(''))
    problems.push('FIDDLER_MODEL_COLUMNS holds an empty name; separate the names by single commas');
  return {
    type: 'fiddler',
    url,
    modelId,
    token,
    ...(app === null ? {} : { partnerApp: { arn: app.arn } }),
    timestampColumn: timestampColumn === '' ? null : timestampColumn,
    columns: { inputs, outputs: output.split(',').map((name) => name.trim()) },
  };
}

/**
 * A Fiddler that SageMaker runs as a partner app. Fiddler's own client asks for AWS_PARTNER_APP_URL and sends to
 * FIDDLER_URL; so the two must be one address, and the latter may be left out.
 */
function partnerApp(env: Env, problems: string[]): { readonly url: string; readonly arn: string } {
  const because = 'AWS_PARTNER_APP_AUTH is true';
  const appUrl = required(env, 'AWS_PARTNER_APP_URL', `the address of the partner app, since ${because}`, problems);
  const arn = required(env, 'AWS_PARTNER_APP_ARN', `the ARN of the partner app, since ${because}`, problems);
  const url = valueOf(env, 'FIDDLER_URL');
  if (url !== '' && appUrl !== '' && withoutSlash(url) !== withoutSlash(appUrl))
    problems.push(
      `FIDDLER_URL and AWS_PARTNER_APP_URL are two addresses; ${because}, so set them alike, or remove FIDDLER_URL`,
    );
  return { url: url === '' ? appUrl : url, arn };
}

const withoutSlash = (url: string): string => url.replace(/\/$/, '');

function isAnySet(env: Env, names: readonly string[]): boolean {
  return names.some((name) => valueOf(env, name) !== '');
}

function required(env: Env, name: string, what: string, problems: string[]): string {
  const value = valueOf(env, name);
  if (value === '') problems.push(`${name} is missing: ${what}`);
  return value;
}

function requiredToken(env: Env, name: string, what: string, problems: string[]): Record<string, string> {
  const secret = variableSecret(name, required(env, name, what, problems));
  if ('reference' in secret) return secret.reference;
  problems.push(secret.problem);
  return { env: name };
}

const valueOf = (env: Env, name: string): string => (env[name] ?? '').trim();

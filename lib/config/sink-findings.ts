import type { Finding } from '../../src/cli/check/finding';
import { PLACEHOLDER_ID } from '../../src/cli/init/propose-sinks';
import { checkedUrl, isLoopback } from '../../src/sinks/http/checked-url';
import { type Json, listOf, record, wrong } from './raw-document';

/** What a sink may be told on this machine, and not where a function runs. `environment`: of the process. */
export function sinkFindings({ sinks }: Json, environment: Json): Finding[] {
  return listOf(sinks).flatMap((sink, at) => {
    const key = `sinks[${at}]`;
    return [
      ...onDisk(sink, key),
      ...ofVariables(sink, key),
      ...(isHere(environment.AWS_ENDPOINT_URL) ? [] : onThisMachine(sink, key)),
      ...neverFilledIn(sink, key),
    ];
  });
}

/** A function has no disk that lasts. */
const onDisk = ({ type }: Json, key: string): Finding[] =>
  type === 'file'
    ? [wrong(`${key}.type`, 'file writes to a disk that a function loses', 'keep it for this machine; name a partner')]
    : [];

/** Nor variables that CDK would not write into the template in clear. */
const ofVariables = (sink: Json, key: string): Finding[] =>
  Object.entries(sink)
    .filter(([, value]) => typeof record(value).env === 'string')
    .map(([name]) =>
      wrong(
        `${key}.${name}`,
        'is a variable, which would stand in the template in clear',
        'refer to {secret: name} or {ssm: name}',
      ),
    );

const onThisMachine = (sink: Json, key: string): Finding[] =>
  ['host', 'url']
    .filter((name) => isHere(sink[name]))
    .map((name) =>
      wrong(
        `${key}.${name}`,
        'is this machine, which a function at AWS does not reach',
        "name the partner's own address: https://…",
        sink[name],
      ),
    );

/** An emulator of AWS on this machine runs its functions here, too: its address is no partner's, but asked the same. */
function isHere(address: unknown): boolean {
  if (typeof address !== 'string') return false;
  const checked = checkedUrl(address);
  return 'url' in checked && isLoopback(checked.url.hostname);
}

const neverFilledIn = ({ modelId }: Json, key: string): Finding[] =>
  modelId === PLACEHOLDER_ID
    ? [
        wrong(
          `${key}.modelId`,
          'is the placeholder that `init` wrote, and no model of the partner',
          "put the model's id there",
          modelId,
        ),
      ]
    : [];

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configFromVendorEnv, type Env, VENDOR_VARIABLES } from '../config/env';
import { type ModelConfig, parseModelConfig } from '../config/model-config';
import { codeOf, ConfigError, messageOf } from '../core/errors';
import { STATE_PREFIXES } from '../core/state-prefixes';

/**
 * The configuration of a function at cold start: the file that travels in its bundle, else the variables of the sample
 * guides. Throws a ConfigError that lists everything that is wrong.
 */
const CONFIG_FILE = 'capture-relay.json';

export function loadConfig(env: Env): ModelConfig {
  const path = env.CAPTURE_RELAY_CONFIG ?? join(env.LAMBDA_TASK_ROOT ?? '.', CONFIG_FILE);
  if (env.CAPTURE_RELAY_CONFIG !== undefined || existsSync(path)) return parseModelConfig(readJson(path));
  const raw = configFromVendorEnv(env);
  if (raw === null) {
    throw new ConfigError([
      `there is neither ${CONFIG_FILE} in the bundle, nor CAPTURE_RELAY_CONFIG with its path, nor any variable of the sample guides (${VENDOR_VARIABLES.join(', ')}); set up one of them`,
    ]);
  }
  return parseModelConfig(raw);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // The parser's own message quotes what it could not read, and that may be a token.
    throw new ConfigError([`${path} cannot be read as JSON${codeOf(error) === null ? '' : `: ${messageOf(error)}`}`]);
  }
}

/** `{"sink name": "queue ARN"}` in CAPTURE_RELAY_SINK_QUEUES, which only the deployment knows; turned round for look-up. */
export function loadSinkQueues(env: Env, config: ModelConfig): Map<string, string> {
  const text = env.CAPTURE_RELAY_SINK_QUEUES;
  if (text === undefined || text === '') return new Map();
  let queues: unknown;
  try {
    queues = JSON.parse(text);
  } catch {
    throw new ConfigError(['CAPTURE_RELAY_SINK_QUEUES must be a JSON object of sink names and queue ARNs']);
  }
  const entries = Object.entries((queues ?? {}) as Record<string, unknown>);
  const known = new Set(config.sinks.map((sink) => sink.name));
  const problems = entries
    .filter(([name]) => !known.has(name))
    .map(([name]) => `CAPTURE_RELAY_SINK_QUEUES names sink "${name}", which the configuration does not have`);
  if (problems.length > 0) throw new ConfigError(problems);
  return new Map(entries.map(([name, arn]) => [String(arn), name]));
}

/** Where state lives; null: none is kept. Throws when its objects could trigger what writes them. */
export function checkStateBucket(env: Env, { capture, shadowCapture, sinks }: ModelConfig): string | null {
  const bucket = (env.CAPTURE_RELAY_STATE_BUCKET ?? '').trim();
  if (bucket === '') {
    const limited = sinks.filter(({ maxRequestsPerSecond }) => maxRequestsPerSecond !== null);
    if (limited.length === 0) return null;
    throw new ConfigError(
      limited.map(
        ({ name }) => `maxRequestsPerSecond of sink ${name} needs CAPTURE_RELAY_STATE_BUCKET: runs agree on it there`,
      ),
    );
  }
  const problems: string[] = [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    problems.push(
      `CAPTURE_RELAY_STATE_BUCKET must be the name of a bucket, without s3:// and prefix; given: ${bucket}`,
    );
  const places = { 'capture.prefix': capture, 'the prefix of shadow.test': shadowCapture };
  for (const [name, place] of Object.entries(places)) {
    if (place?.bucket !== bucket) continue;
    const watched = STATE_PREFIXES.find((prefix) => prefix.startsWith(place.prefix) || place.prefix.startsWith(prefix));
    if (watched !== undefined)
      problems.push(
        `CAPTURE_RELAY_STATE_BUCKET is the bucket of the captures, and ${watched} ${watched.startsWith(place.prefix) ? 'lies under' : 'holds'} ${name}: its objects would come back as captures; take another bucket`,
      );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return bucket;
}

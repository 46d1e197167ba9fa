import type { ConfigFile } from '../../src/cli/check/config-file';
import type { Finding } from '../../src/cli/check/finding';
import { unknownInstanceTypes } from '../endpoint/instance-types';
import type { AppSettings } from './app-settings';
import { forwardingFindings } from './forwarding-findings';
import { nameFindings } from './name-findings';
import { placeFindings } from './place-findings';
import { isRecord, type Json, record, wrong } from './raw-document';
import { sinkFindings } from './sink-findings';
import { defaultEndpointName, stackId } from './stack-names';
import { stateFindings } from './state-findings';

/**
 * What is wrong with a configuration for a deployment, though a function that somebody else set up could run with it.
 * Read from the raw document, so that a misspelt key does not hide the rest.
 */
export function deployFindings(file: ConfigFile, settings: AppSettings): Finding[] {
  // An empty file, a list or a text has been told so.
  if (!isRecord(file.raw)) return [];
  const model = record(file.raw);
  return [
    ...missing(model, settings),
    ...sinkFindings(model, process.env),
    ...forwardingFindings(model),
    ...unknownInstanceTypes(model).map(({ key, problem, given, cure }) => ({
      ...wrong(key, problem, cure),
      given,
    })),
    ...regionFindings(model, settings),
    ...placeFindings(model, settings.region),
    ...nameFindings(model),
    ...stateFindings(file, settings),
  ];
}

function missing(model: Json, settings: AppSettings): Finding[] {
  const findings: Finding[] = [];
  if (model.capture === undefined)
    findings.push(wrong('capture', 'is missing', 'say where captures go: {bucket: …, prefix: captures/…/}'));
  if (model.endpoint === undefined)
    findings.push(wrong('endpoint', 'is missing', 'say which: {existing: its name}, or {create: {…}}'));
  if (model.alarms === undefined && settings.alarms === undefined)
    findings.push(
      wrong(
        'alarms',
        'is missing here and in capture-relay.yaml: nobody would hear of a lost file',
        'name an address or a topic: {emails: [team@example.com]}',
      ),
    );
  return findings;
}

/** S3 notifies queues and topics of its own region only. */
function regionFindings(model: Json, settings: AppSettings): Finding[] {
  const { region } = record(model.capture);
  if (region === undefined || settings.region === undefined || region === settings.region) return [];
  return [
    {
      ...wrong(
        'capture.region',
        `is not the region of the application (${settings.region}), and S3 notifies within one region only`,
        `deploy this model by an application of that region: region in its capture-relay.yaml`,
      ),
      given: JSON.stringify(region),
    },
  ];
}

/** What is wrong between models that are each fine by themselves. */
export function findAcrossDeployed(files: readonly ConfigFile[]): ReadonlyMap<string, readonly Finding[]> {
  return new Map(
    files.map((file, at) => [file.path, files.slice(0, at).flatMap((earlier) => between(earlier, file))] as const),
  );
}

function between(earlier: ConfigFile, later: ConfigFile): Finding[] {
  const [a, b] = [record(earlier.raw), record(later.raw)];
  const findings: Finding[] = [];
  const isOneStack =
    typeof a.model === 'string' && typeof b.model === 'string' && stackId(a.model) === stackId(b.model);
  if (!isOneStack) findings.push(...takenNames(a, b, earlier.path));
  else if (a.model !== b.model)
    findings.push(
      wrong(
        'model',
        `"${String(b.model)}" and "${String(a.model)}" of ${earlier.path} would share the stack ${stackId(String(b.model))}`,
        'give one of them another name',
      ),
    );
  const [one, other] = [record(a.capture), record(b.capture)];
  // A file that cannot be read, or names none, has been told so.
  if (typeof one.bucket !== 'string' || typeof other.bucket !== 'string') return findings;
  if (storeOf(one) !== storeOf(other) && one.bucket === other.bucket)
    findings.push(
      wrong(
        'capture.store',
        `"${storeOf(other)}" is not what ${earlier.path} says of the same bucket ("${storeOf(one)}")`,
        'say the same in both',
      ),
    );
  else if (storeOf(one) === 'own' && one.bucket === other.bucket)
    findings.push(
      wrong('capture.store', `"own" is said of one bucket by ${earlier.path}, too`, 'take "shared", or another bucket'),
    );
  if (storeOf(one) === 'shared' && storeOf(other) === 'shared' && one.bucket !== other.bucket)
    findings.push({
      ...wrong(
        'capture.bucket',
        `is not the shared bucket "${one.bucket}" of ${earlier.path}; models share one`,
        'name that one, or say store: own (a bucket of its own) or store: existing (a bucket that is there)',
      ),
      given: JSON.stringify(other.bucket),
    });
  return findings;
}

/** Names that AWS has once in an account and region; a copied configuration brings them along. */
function takenNames(a: Json, b: Json, path: string): Finding[] {
  return (
    [
      ['endpoint.create.name', 'endpoint', createdEndpoint],
      ['shadow.test.name', 'shadow test', ({ shadow }: Json) => record(record(shadow).test).name],
    ] as const
  ).flatMap(([key, what, nameOf]) => {
    const name = nameOf(b);
    if (typeof name !== 'string' || nameOf(a) !== name) return [];
    return { ...wrong(key, `is the ${what} of ${path}, too`, 'give it another name'), given: JSON.stringify(name) };
  });
}

function createdEndpoint({ model, endpoint }: Json): unknown {
  const { create } = record(endpoint);
  if (create === undefined) return undefined;
  return record(create).name ?? (typeof model === 'string' ? defaultEndpointName(model) : undefined);
}

const storeOf = (capture: Json): string => (typeof capture.store === 'string' ? capture.store : 'shared');

import { messageOf } from '../../src/core/errors';
import { merge, type RulesRequest } from './merge';
import { isOwnedBy } from './owner';
import { type BucketRules, isSameRule, type NotificationConfiguration, readRules, writeRules } from './rules';

/** One bucket's notifications, and time. Failures are thrown as the AWS client throws them. */
export interface NotificationsPort {
  get(): Promise<NotificationConfiguration>;
  put(configuration: NotificationConfiguration, options: { skipDestinationValidation: boolean }): Promise<void>;
  wait(delayMs: number): Promise<void>;
}

export type Applied =
  | {
      readonly kind: 'applied';
      /** False: the bucket was as it should be, and nothing was written. */
      readonly isChanged: boolean;
      /** What somebody else changed at the same time; it was left as they made it. */
      readonly meanwhile: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Whoever undoes our rules three times in a row does so on purpose, or for ever. */
const MAX_TRIES = 3;

/**
 * 60 s in all. A queue's policy that was just made is not yet known everywhere, and S3 refuses a rule whose destination
 * it may not write to. Source: SQS Developer Guide, SetQueueAttributes: "can take up to 60 seconds to propagate".
 */
const REFUSAL_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** S3 may answer with the former configuration for a moment. Source: S3 User Guide, "Amazon S3 data consistency model". */
const READ_WAITS_MS = [500, 2_000, 5_000];

/**
 * Another program that had read before our write may still write, and knows nothing of our rules. Programs write right
 * after they read: CDK's own handler does, and this one; two slow requests fit in here.
 */
const CONFIRM_WAIT_MS = 3_000;

/**
 * Brings a stack's rules onto a bucket, or takes them off, and leaves all others alone. S3 replaces the configuration
 * as a whole and has no condition for that, so somebody else's change may be lost between a read and a write: each write
 * follows its own fresh read at once, and is read again; what differs then is merged anew.
 */
export async function applyRules(port: NotificationsPort, request: RulesRequest): Promise<Applied> {
  try {
    return await settle(port, request);
  } catch (error) {
    // A bucket that is gone took its rules along, which is what a deletion wants.
    if (request.type !== 'Delete' || nameOf(error) !== 'NoSuchBucket') throw error;
    return { kind: 'applied', isChanged: false, meanwhile: [] };
  }
}

async function settle(port: NotificationsPort, request: RulesRequest): Promise<Applied> {
  const meanwhile: string[] = [];
  const refusalWaits = [...REFUSAL_WAITS_MS];
  let isChanged = false;
  for (let tries = 0; tries < MAX_TRIES; ) {
    const merged = merge(readRules(await port.get()), request);
    if (merged.kind === 'refused') return merged;
    if (!merged.isChanged) return { kind: 'applied', isChanged, meanwhile };
    const refused = await write(port, merged.wanted, request);
    if (refused !== null) {
      const delayMs = refusalWaits.shift();
      if (delayMs === undefined) return { kind: 'refused', reason: refused };
      await port.wait(delayMs);
      continue;
    }
    isChanged = true;
    const differences = await readBack(port, merged.wanted, request);
    if (differences.length === 0) return { kind: 'applied', isChanged, meanwhile };
    meanwhile.push(...differences);
    tries += 1;
  }
  const what = [...new Set(meanwhile)].join('; ');
  return {
    kind: 'refused',
    reason: `somebody else changes the notifications of this bucket at the same time: after each of ${MAX_TRIES} writes, ${what}; find what writes them (another stack, Terraform, a script), stop it, and deploy again`,
  };
}

/** Null when S3 took it; the reason when it may take it later. */
async function write(
  port: NotificationsPort,
  wanted: BucketRules,
  { type, rules }: RulesRequest,
): Promise<string | null> {
  try {
    // Where none of our rules is left, no destination is added, and a dead queue of somebody else's must not hold us.
    await port.put(writeRules(wanted), { skipDestinationValidation: type === 'Delete' || rules.length === 0 });
    return null;
  } catch (error) {
    const message = messageOf(error);
    // S3 answers OperationAborted while another change of the bucket is under way (aws-cdk issues 27600, 30053).
    if (nameOf(error) === 'OperationAborted') return message;
    if (!message.includes('Unable to validate the following destination configurations')) throw error;
    const destinations = wanted.rules.map((rule) => rule.name).join(', ');
    return `S3 cannot write to a destination of this bucket's rules: ${message}; check that each exists, in the bucket's region, and that its policy (and its key's) lets s3.amazonaws.com in: ${destinations}`;
  }
}

async function readBack(port: NotificationsPort, wanted: BucketRules, request: RulesRequest): Promise<string[]> {
  let differences = differencesOf(wanted, readRules(await port.get()), request);
  for (const delayMs of READ_WAITS_MS) {
    if (differences.length === 0) break;
    await port.wait(delayMs);
    differences = differencesOf(wanted, readRules(await port.get()), request);
  }
  if (differences.length > 0) return differences;
  await port.wait(CONFIRM_WAIT_MS);
  return differencesOf(wanted, readRules(await port.get()), request);
}

/** Of what was written, what is not there; a rule that others added since is theirs, and no difference. */
function differencesOf(wanted: BucketRules, found: BucketRules, { ownerId }: RulesRequest): string[] {
  const lost = wanted.rules.flatMap((rule) => {
    const same = found.rules.find((other) => other.id === rule.id);
    if (same === undefined) return `${rule.name} vanished`;
    return isSameRule(rule, same) ? [] : `${rule.name} was changed`;
  });
  const back = found.rules.filter(
    (rule) => isOwnedBy(rule.id, ownerId) && !wanted.rules.some((other) => other.id === rule.id),
  );
  return [
    ...lost,
    ...back.map((rule) => `${rule.name} came back`),
    ...(wanted.eventBridge && !found.eventBridge ? ['EventBridge was switched off'] : []),
  ];
}

const nameOf = (error: unknown): unknown => (error as { name?: unknown } | null)?.name;

import { createHash } from 'node:crypto';

/** How rules of a bucket tell whose they are: by their ids, which S3 keeps and nobody else has a use for. */
const OWN = /^capture-relay-[0-9a-f]{16}-(.+)$/;

/**
 * What the ids of one custom resource's rules begin with. The same for a stack that was deleted and made again under its
 * name, so that rules left over from the first are replaced rather than in the way; of a fixed length, so that no
 * owner's begins with another's.
 */
export function ownerIdOf(stackId: string, logicalResourceId: string): string {
  // arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid}
  const stack = stackId.split('/').slice(0, 2).join('/');
  const hash = createHash('sha256').update(`${stack}\n${logicalResourceId}`).digest('hex');
  return `capture-relay-${hash.slice(0, 16)}`;
}

export const ruleIdOf = (ownerId: string, name: string): string => `${ownerId}-${name}`;

/** The name (of the model) in a rule's id; null for a rule that somebody else made. */
export const nameInRuleId = (id: string): string | null => OWN.exec(id)?.[1] ?? null;

export const isOwnedBy = (id: string, ownerId: string): boolean => id.startsWith(`${ownerId}-`);

import type * as z from 'zod';
import type { QueueDirectory } from '../queue-directory';
import { SqsError } from '../sqs-error';
import type { MoveTasks } from './move-tasks';

/** One operation of the JSON protocol: its name on the wire is its key in `operations/index.ts`. */
export type Operation = (body: unknown, context: OperationContext) => unknown;

export interface OperationContext {
  readonly queues: QueueDirectory;
  readonly moveTasks: MoveTasks;
  readonly now: () => number;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

/** An operation whose input is checked by a schema first; a misfit is answered as SQS does. */
export function operation<Schema extends z.ZodType>(
  schema: Schema,
  run: (input: z.output<Schema>, context: OperationContext) => unknown,
): Operation {
  return (body, context) => {
    const input = schema.safeParse(body);
    if (!input.success) throw misfit(input.error, body);
    return run(input.data, context);
  };
}

function misfit(error: z.ZodError, body: unknown): SqsError {
  const name = String(error.issues[0]?.path[0] ?? '');
  const isMissing = typeof body === 'object' && body !== null && !(name in body);
  return isMissing
    ? new SqsError('MissingParameter', `The request must contain the parameter ${name}.`)
    : new SqsError(
        'InvalidParameterValue',
        `Value for parameter ${name} is invalid. Reason: ${error.issues[0]?.message}.`,
      );
}

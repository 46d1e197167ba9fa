import * as batchOperations from './batch-operations';
import { ChangeMessageVisibility, DeleteMessage, ReceiveMessage, SendMessage } from './message-operations';
import { ListMessageMoveTasks, StartMessageMoveTask } from './move-tasks';
import type { Operation } from './operation';
import * as queueOperations from './queue-operations';

/** Every operation the server has, by its name on the wire. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...queueOperations,
    ...batchOperations,
    SendMessage,
    ReceiveMessage,
    DeleteMessage,
    ChangeMessageVisibility,
    StartMessageMoveTask,
    ListMessageMoveTasks,
  }),
);

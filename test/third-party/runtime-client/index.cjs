'use strict';
/** Small handlers that show what a runtime does with an answer, an error and its time. */

/** @typedef {{ awsRequestId: string, memoryLimitInMB: string, getRemainingTimeInMillis: () => number }} Context */

/** @type {(event: unknown, context: Context) => Promise<object>} */
exports.answer = async (event, { awsRequestId, memoryLimitInMB }) => ({
  event,
  awsRequestId,
  memoryLimitInMB,
  pid: process.pid,
});

exports.fail = async () => {
  throw new RangeError('out of it');
};

/** The timer keeps the process from ending for want of work. */
exports.never = () => new Promise(() => setInterval(() => undefined, 1000));

/** @type {(event: unknown, context: Context) => Promise<number[]>} */
exports.remaining = async (_event, context) => {
  const atStart = context.getRemainingTimeInMillis();
  await new Promise((resolve) => setTimeout(resolve, 60));
  return [atStart, context.getRemainingTimeInMillis()];
};

import { Readable } from 'node:stream';
import { ForwardStack, type PutResult } from '../support/forward-stack';
import { call, captureKey, fileOf } from './captured-calls';
import { expectConservation } from './conservation';
import type { ForwardFunction } from './forward-function';
import { s3Event } from './notifications';
import { arthurModels, fiddlerModels } from './partner-models';
import { arthurVariables } from './vendor-variables';

/** The memory a function needs does not grow with the capture file. */

const MB = 1 << 20;
/** What may differ between two runs of any size: garbage that was not collected yet, buffers of the SDK. */
const MAX_GROWTH_BYTES = 40 * MB;
const ROWS_PER_LINE = 3;
const LINE = fileOf(call({ ages: [21, 32, 43] }));
/** Lines that are handed on together; some 100 kB. */
const LINES_PER_CHUNK = 256;

let stack: ForwardStack;
let forward: ForwardFunction;

beforeAll(async () => {
  ({ stack, forward } = await ForwardStack.start({
    arthur: { models: arthurModels },
    fiddler: { models: fiddlerModels },
    settings: (partners) => ({ env: arthurVariables(partners), memoryMb: 256 }),
  }));
  stack.partners.arthur.keep = 'counts';
});
afterAll(() => stack.close());

/** Puts a capture file of at least `sizeBytes`, made while it is sent. */
async function putFile(name: string, sizeBytes: number): Promise<{ object: PutResult; inferences: number }> {
  const chunk = Buffer.from(LINE.repeat(LINES_PER_CHUNK));
  const chunks = Math.ceil(sizeBytes / chunk.length);
  const body = Readable.from(Array.from({ length: chunks }, () => chunk));
  const object = await stack.put(captureKey(name), body, chunks * chunk.length);
  return { object, inferences: chunks * LINES_PER_CHUNK * ROWS_PER_LINE };
}

it('delivers 64 MB in about the memory that 8 MB take', async () => {
  const small = await putFile('small', 8 * MB);
  const large = await putFile('large', 64 * MB);

  const first = await forward.invoke(s3Event(small.object));
  const afterSmallBytes = forward.rssBytes();
  const second = await forward.invoke(s3Event(large.object));
  const afterLargeBytes = forward.rssBytes();

  expect(second.result.kind).toBe('ok');
  expectConservation(first, { arthur: { captured: small.inferences, delivered: small.inferences } });
  expectConservation(second, { arthur: { captured: large.inferences, delivered: large.inferences } });
  expect(afterSmallBytes).toBeGreaterThan(0);
  expect(afterLargeBytes - afterSmallBytes).toBeLessThan(MAX_GROWTH_BYTES);
});

import { Pace } from '../../src/replay/pace';
import { watchedSink } from '../../src/replay/watched-sink';
import { batchOf } from '../support/inferences';
import { memorySink } from './replay-runs';

describe('a sink in a replay', () => {
  const { signal } = new AbortController();

  test('is sent nothing more once the replay was stopped while a request waited for its turn', async () => {
    const { sink, batches } = memorySink('one');
    const stop = { isAsked: false };
    const requests = { count: 0, bytes: 0 };
    const clock = { nowMs: () => 0, sleep: () => Promise.resolve(void (stop.isAsked = true)) };
    const watched = watchedSink(sink, { requests, pace: new Pace(1, clock), stop });
    const results = [await watched.deliver(batchOf(3), signal), await watched.deliver(batchOf(2), signal)];

    expect(results.map(({ kind }) => kind)).toEqual(['delivered', 'retryable']);
    expect(batches).toEqual([3]);
    expect(requests).toEqual({ count: 1, bytes: batchOf(3).bodyBytes });
  });

  test('keeps its end of a file, bound to itself', async () => {
    const { sink } = memorySink('one');
    const ended: unknown[] = [];
    const storing = {
      ...sink,
      finishFile(this: unknown) {
        ended.push(this);
        return Promise.resolve({ kind: 'delivered' } as const);
      },
    };
    const watched = watchedSink(storing, { requests: { count: 0, bytes: 0 }, pace: null, stop: { isAsked: false } });
    const file = { bucket: null, key: 'a', versionId: null };

    expect(await watched.finishFile?.(file, { complete: true })).toEqual({ kind: 'delivered' });
    expect(ended).toEqual([storing]);
    expect(
      watchedSink(sink, { requests: { count: 0, bytes: 0 }, pace: null, stop: { isAsked: false } }),
    ).not.toHaveProperty('finishFile');
  });
});

import { noteStart } from '../../../lambdas/forward/note-start';
import { parseModelConfig } from '../../../src/config/model-config';
import { readStart, startKey } from '../../../src/sweep/start-marker';
import { MemoryStore } from '../../support/memory-store';

describe('the start of a sink, as the forwarder notes it', () => {
  test('is left as it is where it cannot be read: that is logged once, and holds up neither delivery nor other sinks', async () => {
    const sinks = ['first', 'second'].map((name) => ({ type: 'file', name, path: '/tmp/out' }));
    const config = parseModelConfig({ model: 'm', sinks });
    const store = new MemoryStore({ nowMs: () => Date.UTC(2026, 8, 1, 14) });
    await store.put(startKey('m', 'first'), '{"schema":1}', 'any');
    const lines: unknown[] = [];
    const log = (...line: unknown[]): void => void lines.push(line);
    await noteStart(store, config, log);
    await noteStart(store, config, log);

    const reason = expect.stringContaining(startKey('m', 'first')) as string;
    const fields = { sink: 'first', code: 'STATE_UNREADABLE', reason };
    expect(lines).toEqual([['error', 'since when captures of a sink count cannot be read', fields]]);
    expect((await store.get(startKey('m', 'first')))?.body).toBe('{"schema":1}');
    expect(await readStart(store, 'm', 'second')).toMatchObject({ sinceHour: '2026-09-01-14' });
  });
});

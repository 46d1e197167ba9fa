import { NOTICE_MS, STALLED_MS } from '../../src/sweep/compare-hour';
import { MAX_STRAYS } from '../../src/sweep/capture-tree';
import { CLOSE_AFTER_MS } from '../../src/sweep/cursor';
import { SWEEP_METRICS } from '../../src/sweep/sweep-metrics';
import { SWEEP_LIMITS, SWEEP_LINES } from '../../src/sweep/sweep-options';
import { readPage, section, tableNames, tableRows } from '../support/docs-pages';

/** docs/sweep.md against the code. */
const page = readPage('docs/sweep.md');

describe('docs/sweep.md', () => {
  test('has every log line of the sweep, and no other', () => {
    expect(tableNames(section(page, 'Log lines')).sort()).toEqual(Object.values(SWEEP_LINES).sort());
  });

  test('has every metric with its unit, and no other', () => {
    const rows = tableRows(section(page, 'Metrics'));

    expect(Object.fromEntries(rows.map(({ names, cells }) => [names[0], cells[1]]))).toEqual(SWEEP_METRICS);
  });

  test('says how long the sweep waits, and how much a run does', () => {
    const text = page.replaceAll(/\s+/g, ' ');

    expect(text).toContain(`| ${NOTICE_MS / 60_000} minutes after it was written`);
    expect(text).toContain(`| ${STALLED_MS / 3_600_000} hours after its entry was last written`);
    expect(text).toContain(`it ended ${CLOSE_AFTER_MS / 3_600_000} hours ago`);
    expect(text).toContain(`At most ${MAX_STRAYS.toLocaleString('en-US')} of them`);
    expect(text).toContain(`some ${SWEEP_LIMITS.maxKeys.toLocaleString('en-US')} listed keys`);
    expect(text).toContain(`${SWEEP_LIMITS.maxMessages.toLocaleString('en-US')} messages`);
  });
});

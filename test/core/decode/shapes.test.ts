import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModelConfig } from '../../../src/config/model-config';
import { toInferences } from '../../../src/core/inference';
import type { Columns, Payload } from '../../../src/core/types';
import { toJson } from '../../../src/core/value';
import { captureEvent } from '../../support/capture-events';

/**
 * Every payload shape as a numbered case with its golden beside it: inferences, or a rejection with its code.
 * `UPDATE_GOLDENS=1 npx jest shapes` writes them anew; read the difference before committing it.
 */
const folder = join(__dirname, '../../fixtures/shapes');
const cases = readdirSync(folder).filter((name) => /^\d{3}-.*(?<!\.golden)\.json$/.test(name));

interface ShapeCase {
  readonly title: string;
  readonly config?: Record<string, unknown>;
  readonly input: Payload | null;
  readonly output: Payload | null;
}

function decode(shape: ShapeCase): string {
  const { rules } = parseModelConfig({ model: 'shapes', ...shape.config, sinks: [{ type: 'file', path: 'out' }] });
  const { inferences, rejections, nulled } = toInferences(captureEvent(shape), null, rules);
  const columns = (side: Columns | null): string => (side === null ? 'null' : toJson(side));
  const lines = [
    ...inferences.map(
      (each) =>
        `{"id":"${each.partnerInferenceId}","inputs":${columns(each.inputs)},"outputs":${columns(each.outputs)}}`,
    ),
    ...rejections.map((each) => JSON.stringify({ rejection: each.code, row: each.row, reason: each.reason })),
    ...(nulled > 0 ? [`{"nulled":${nulled}}`] : []),
  ];
  return `[\n${lines.join(',\n')}\n]\n`;
}

describe('payload shapes', () => {
  test.each(cases)('%s', (name) => {
    const golden = join(folder, name.replace(/\.json$/, '.golden.json'));
    const decoded = decode(JSON.parse(readFileSync(join(folder, name), 'utf8')) as ShapeCase);
    if (process.env.UPDATE_GOLDENS === '1') writeFileSync(golden, decoded);

    expect(existsSync(golden)).toBe(true);
    expect(decoded).toBe(readFileSync(golden, 'utf8'));
  });
});

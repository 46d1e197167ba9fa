import { NumberToken, type Columns, type Value } from '../../core/types';
import { isArray, isObject } from '../../core/value';

/** What one column holds, gathered in bounded memory however long the file is. */
const MAX_DISTINCT = 1_000;

export interface ColumnSummary {
  readonly name: string;
  readonly side: 'input' | 'output';
  count: number;
  nulls: number;
  numbers: number;
  texts: number;
  others: number;
  min: number;
  max: number;
  sum: number;
  /** Texts seen and how often; no longer grown once it holds 1,000. */
  readonly distinct: Map<string, number>;
}

export class ColumnSummaries {
  private readonly byName = new Map<string, ColumnSummary>();

  add(side: 'input' | 'output', columns: Columns | null): void {
    for (const [name, value] of columns ?? []) note(this.of(side, name), value);
  }

  all(): ColumnSummary[] {
    return [...this.byName.values()].sort((a, b) => (a.side === b.side ? 0 : a.side === 'input' ? -1 : 1));
  }

  private of(side: 'input' | 'output', name: string): ColumnSummary {
    const key = `${side} ${name}`;
    let summary = this.byName.get(key);
    if (summary === undefined) {
      summary = {
        name,
        side,
        count: 0,
        nulls: 0,
        numbers: 0,
        texts: 0,
        others: 0,
        min: Infinity,
        max: -Infinity,
        sum: 0,
        distinct: new Map(),
      };
      this.byName.set(key, summary);
    }
    return summary;
  }
}

function note(summary: ColumnSummary, value: Value): void {
  summary.count += 1;
  if (value === null) {
    summary.nulls += 1;
  } else if (value instanceof NumberToken) {
    const number = Number(value.text);
    summary.numbers += 1;
    summary.sum += number;
    summary.min = Math.min(summary.min, number);
    summary.max = Math.max(summary.max, number);
  } else if (isArray(value) || isObject(value)) {
    summary.others += 1;
  } else {
    summary.texts += 1;
    const text = String(value);
    const seen = summary.distinct.get(text);
    if (seen !== undefined || summary.distinct.size < MAX_DISTINCT) summary.distinct.set(text, (seen ?? 0) + 1);
  }
}

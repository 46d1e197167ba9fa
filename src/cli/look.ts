import { styleText } from 'node:util';
import Table from 'cli-table3';

/** How things look in a terminal. Colours are off when the output is no terminal, or NO_COLOR is set. */
const isPlain = (): boolean => !process.stdout.isTTY || (process.env.NO_COLOR ?? '') !== '';

type Style = Parameters<typeof styleText>[0];
const styled =
  (style: Style) =>
  (text: string): string =>
    isPlain() ? text : styleText(style, text);

export const bold = styled('bold');
export const dim = styled('dim');
export const red = styled('red');
export const green = styled('green');
export const yellow = styled('yellow');

export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightFrom = Number.POSITIVE_INFINITY,
): string {
  const grid = new Table({
    head: head.map(bold),
    colAligns: head.map((_, at) => (at >= rightFrom ? 'right' : 'left')),
    style: { head: [], border: isPlain() ? [] : ['gray'], compact: true },
  });
  grid.push(...rows.map((row) => [...row]));
  return grid.toString();
}

export function short(text: string, max: number): string {
  // Control characters of a captured text must not steer the terminal.
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** The documentation as a reader sees it: pages, their headings, tables, code blocks and links. */
export const ROOT = resolve(__dirname, '../..');

export interface Row {
  readonly cells: readonly string[];
  /** The words in back-quotes of the first cell. */
  readonly names: readonly string[];
}

export const readPage = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Paths of all pages below docs/, relative to the project's root. */
export function docPages(): string[] {
  return readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.split('\\').join('/')}`)
    .sort();
}

/** The part of a page below the heading of this text, up to the next heading of its level or above. Throws when absent. */
export function section(page: string, heading: string): string {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.replace(/^#+ /, '') === heading && line.startsWith('#'));
  if (start === -1) throw new Error(`no heading "${heading}"`);
  const level = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 1;
  const length = lines.slice(start + 1).findIndex((line) => (/^#+(?= )/.exec(line)?.[0].length ?? 9) <= level);
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join('\n');
}

/** Rows of every table of a text, without their heads. `\|` stands for a bar inside a cell. */
export function tableRows(text: string): Row[] {
  const lines = withoutCode(text).split('\n');
  return lines.flatMap((line, at) => {
    const isHead = isRule(lines[at + 1]);
    if (!line.startsWith('|') || isRule(line) || isHead) return [];
    const cells = line
      .slice(1, line.lastIndexOf('|'))
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
    return [{ cells, names: quoted(cells[0] ?? '') }];
  });
}

/** First words in back-quotes of every row: what the tables of a text are about. */
export const tableNames = (text: string): string[] => tableRows(text).flatMap((row) => row.names);

export const quoted = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

/** The contents of the code blocks in this language. */
export function codeBlocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? '');
}

export const withoutCode = (page: string): string => page.replaceAll(/^```[\s\S]*?^```$/gm, '');

/** What stands between two comments `<!-- generated: name -->` and `<!-- end: name -->`; null when they are not there. */
export function generatedPart(
  page: string,
  name: string,
): { readonly text: string; replace(text: string): string } | null {
  const [open, close] = [`<!-- generated: ${name} -->\n`, `<!-- end: ${name} -->`];
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  if (start === -1 || end === -1) return null;
  const from = start + open.length;
  return { text: page.slice(from, end), replace: (text) => page.slice(0, from) + text + page.slice(end) };
}

/** Relative links of a page that lead nowhere: the file is missing, or the heading in it. */
export function brokenLinks(path: string): string[] {
  return links(path)
    .filter(({ target, anchor }) => {
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== null && target.endsWith('.md') && !anchors(readPage(target)).has(anchor);
    })
    .map(({ text }) => `${path}: ${text}`);
}

export interface Link {
  readonly text: string;
  /** Relative to the project's root. */
  readonly target: string;
  readonly anchor: string | null;
}

export function links(path: string): Link[] {
  const page = withoutCode(readPage(path)).replaceAll(/`[^`\n]*`/g, '');
  return [...page.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => {
    const text = match[1] ?? '';
    if (/^[a-z]+:/.test(text)) return [];
    const [file = '', anchor = null] = text.split('#');
    const target = file === '' ? path : relative(ROOT, resolve(ROOT, dirname(path), file));
    return [{ text, target, anchor }];
  });
}

/** As GitHub makes them: lower case, words joined by hyphens, other signs dropped. */
function anchors(page: string): Set<string> {
  const headings = withoutCode(page)
    .split('\n')
    .filter((line) => /^#+ /.test(line));
  return new Set(
    headings.map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

const isRule = (line: string | undefined): boolean => /^\|[-:| ]+\|$/.test(line ?? '');

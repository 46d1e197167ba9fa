import type { ModelConfig } from '../../config/model-config';
import { kinds } from '../init/column-type';
import type { ObservedColumn } from '../init/observed-columns';
import { bold, dim, green, plural, red, short, table, yellow } from '../look';
import type { CheckedSide } from './check-sample';
import type { PartnerView } from './check-partner';
import { seenColumns } from './compare-columns';
import type { Finding } from './finding';

/** What `check` found out about one configuration file, and how people and machines see it. */
export interface FileReport {
  readonly path: string;
  /** Null when something in it is wrong. */
  readonly config: ModelConfig | null;
  readonly findings: readonly Finding[];
  /** Null when no sample was given, or the configuration is wrong. */
  readonly sample: CheckedSide | null;
  readonly partners: readonly PartnerView[] | null;
}

/** 2 when a configuration is wrong, 1 when a sample or a partner disagrees, else 0. */
export function exitCodeOf(reports: readonly FileReport[]): 0 | 1 | 2 {
  const severities = new Set(reports.flatMap(allFindings).map((each) => each.severity));
  if (severities.has('wrong')) return 2;
  return severities.has('disagrees') ? 1 : 0;
}

export const allFindings = (report: FileReport): readonly Finding[] => [
  ...report.findings,
  ...(report.sample?.findings ?? []),
  ...(report.partners ?? []).flatMap((partner) => partner.findings),
];

/** The form of `--json`. */
export function reportJson(reports: readonly FileReport[]): string {
  const configurations = reports.map((report) => ({
    file: report.path,
    model: report.config?.model ?? null,
    verdict: verdict([report]),
    findings: allFindings(report),
    sample: report.sample === null ? null : sampleData(report.sample, report.config),
    partners: report.partners?.map(({ sink, type, isReached }) => ({ sink, type, reached: isReached })) ?? null,
  }));
  return `${JSON.stringify({ verdict: verdict(reports), configurations }, null, 2)}\n`;
}

const verdict = (reports: readonly FileReport[]): string => ['fine', 'disagrees', 'wrong'][exitCodeOf(reports)] ?? '';

function sampleData({ view }: CheckedSide, config: ModelConfig | null): object {
  const { files, events, inferences, nulled, skipped, rejections } = view;
  return { files, events, inferences, nulled, skipped, rejections, columns: columnsOf(view, config) };
}

interface SideColumn extends ObservedColumn {
  readonly side: 'input' | 'output';
  readonly type: string | null;
}

function columnsOf(view: CheckedSide['view'], config: ModelConfig | null): SideColumn[] {
  const plan = config?.rules.plan;
  return (['input', 'output'] as const).flatMap((side) =>
    seenColumns((side === 'input' ? plan?.inputs : plan?.outputs) ?? null, view.sides[side]).map((column) => ({
      ...column,
      side,
      type: plan?.types.get(column.name) ?? null,
    })),
  );
}

/** The form for people. */
export function reportText(reports: readonly FileReport[]): string {
  const rows = reports.map((report) => [
    report.path,
    report.config?.model ?? '',
    report.findings.some((each) => each.severity === 'wrong') ? red('wrong') : green('fine'),
    sampleCell(report),
    partnerCell(report),
  ]);
  const lines = [table(['file', 'model', 'configuration', 'sample', 'partners'], rows)];
  for (const report of reports) lines.push(...details(report));
  return `${lines.join('\n')}\n`;
}

function sampleCell({ sample }: FileReport): string {
  if (sample === null) return dim('not asked');
  const text = `${plural(sample.view.inferences, 'inference')}, ${plural(
    sample.view.rejections.reduce((sum, group) => sum + group.count, 0),
    'rejection',
  )}`;
  return sample.findings.some((each) => each.severity === 'disagrees') ? red(text) : green(text);
}

function partnerCell({ partners }: FileReport): string {
  if (partners === null) return dim('not asked');
  return partners
    .map((partner) => {
      const isFine = !partner.findings.some((each) => each.severity === 'disagrees');
      const said = !partner.isReached ? 'not reached' : isFine ? 'agrees' : 'disagrees';
      return (isFine ? green : red)(`${partner.sink}: ${said}`);
    })
    .join(', ');
}

const MAX_COLUMNS_SHOWN = 40;

function details(report: FileReport): string[] {
  const lines: string[] = [];
  const findings = allFindings(report);
  if (report.sample !== null) {
    const columns = columnsOf(report.sample.view, report.config);
    const shown = columns.slice(0, MAX_COLUMNS_SHOWN);
    if (shown.length > 0) lines.push('', bold(`columns of the sample, by ${report.path}`), columnTable(shown));
    if (columns.length > shown.length)
      lines.push(dim(`… and ${plural(columns.length - shown.length, 'more column')} (--json shows all)`));
  }
  if (findings.length > 0) lines.push('');
  for (const found of findings) lines.push(...findingLines(report.path, found));
  return lines;
}

function columnTable(columns: readonly SideColumn[]): string {
  return table(
    ['column', 'side', 'type', 'values', 'null', 'NaN or empty', 'seen as'],
    columns.map((column) => [
      short(column.name, 30),
      column.side,
      column.type ?? '',
      String(column.count),
      String(column.nulls),
      String(column.noNumberTexts),
      short(kinds(column), 60),
    ]),
  );
}

/** One finding for people: what and where, and what to do. */
export function findingLines(path: string, found: Finding): string[] {
  const place = found.line === null ? path : `${path}:${found.line}`;
  const about = found.source === 'configuration' ? (found.key ?? '') : [found.source, found.key ?? ''].join(' ').trim();
  const colour = found.severity === 'note' ? yellow : red;
  const given = found.given === null ? '' : `; given: ${found.given}`;
  // Partners' sentences and captured names go to a terminal here.
  const text = short(`${about}${about === '' ? '' : ' '}${found.problem}${given}`, 600);
  return [
    `${colour(found.severity)}: ${place}: ${text}`,
    ...(found.cure === null ? [] : [dim(`  do: ${short(found.cure, 300)}`)]),
  ];
}

import { HOURS_PER_MONTH } from './calls';
import { type CostLine, monthlyCost, totalOf } from './monthly-cost';
import { PRICE_REGION, PRICES, type Price } from './prices';
import { type Traffic, USUAL_TRAFFIC } from './traffic';

/** One month of one traffic, line by line, as Markdown. */
export function costTable(traffic: Traffic): string {
  const lines = monthlyCost(traffic).filter(({ units }) => units > 0);
  return table(
    ['', 'Units a month', 'Price', 'Dollars'],
    [
      ...lines.map(({ what, price, units, dollars }) => [
        what,
        quantity(units),
        priceText(PRICES[price]),
        money(dollars),
      ]),
      ['**one month**', '', '', `**${money(totalOf(lines))}**`],
    ],
  );
}

/** The same for machines: dollars a month, not rounded. */
export function costJson(traffic: Traffic): string {
  const lines = monthlyCost(traffic);
  return JSON.stringify({ region: PRICE_REGION, traffic, lines, dollars: totalOf(lines) }, null, 2);
}

/** Traffic that the documentation shows side by side. */
export const SHOWN_TRAFFIC: readonly (readonly [name: string, traffic: Traffic])[] = [
  ['quiet', { ...USUAL_TRAFFIC, filesPerHour: 1, inferencesPerFile: 100 }],
  ['usual', USUAL_TRAFFIC],
  ['busy', { ...USUAL_TRAFFIC, filesPerHour: 600, inferencesPerFile: 5_000, sinks: 2, variants: 2, secondsPerFile: 5 }],
];

/** What each means, then its bill by groups. */
export function shownTables(): string {
  const names = SHOWN_TRAFFIC.map(([name]) => name);
  const asked = Object.keys(USUAL_TRAFFIC) as (keyof Traffic)[];
  const inputs = asked.map((key) => [
    `\`--${optionName(key)}\``,
    ...SHOWN_TRAFFIC.map(([, traffic]) => (typeof traffic[key] === 'number' ? quantity(traffic[key]) : traffic[key])),
  ]);
  const bills = SHOWN_TRAFFIC.map(([, traffic]) => monthlyCost(traffic));
  const [first = []] = bills;
  const lines = first.map(({ what, price }, at) => [
    what,
    priceText(PRICES[price]),
    ...bills.map((bill) => money(bill[at]?.dollars ?? 0)),
  ]);
  const totals = ['**one month**', '', ...bills.map((bill) => `**${money(totalOf(bill))}**`)];
  const perMillion = [
    'for a million inferences',
    '',
    ...SHOWN_TRAFFIC.map(([, traffic], at) => millions(traffic, bills[at] ?? [])),
  ];
  return [
    table(['Option', ...names], inputs),
    table([`Dollars a month, ${PRICE_REGION}`, 'Price', ...names], [...lines, totals, perMillion]),
  ].join('\n\n');
}

/** `filesPerHour` → `files-per-hour`. */
export const optionName = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function millions({ filesPerHour, inferencesPerFile }: Traffic, bill: readonly CostLine[]): string {
  return money((totalOf(bill) / (filesPerHour * inferencesPerFile * HOURS_PER_MONTH)) * 1e6);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const money = (dollars: number): string => dollars.toFixed(2);

const quantity = (units: number): string =>
  units.toLocaleString('en-US', { maximumFractionDigits: units < 100 ? 2 : 0 });

/** `$0.005 for 1,000 PUT and LIST requests`, `$1 a key`, with its page. */
const priceText = ({ dollars, per, unit, page }: Price): string =>
  `[$${String(dollars)} ${per === 1 ? 'a' : `for ${per.toLocaleString('en-US')}`} ${unit}](${page})`;

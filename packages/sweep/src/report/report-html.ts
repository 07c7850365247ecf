/** A report as one HTML file: styles, figures and pictures inside, nothing from the network, no scripts. */
import type { Table } from '@radiograph/kinds';
import { createNumberPrinter, joinIntervals } from '@radiograph/statistics';
import { element, escapeMarkup } from '../figures/svg.ts';
import type { Montage } from './collect.ts';
import type { ReportFigure } from './report-figures.ts';

/** Everything that a report says. */
export type Report = {
  readonly title: string;
  readonly question: string | undefined;
  readonly description: string;
  readonly summary: readonly string[];
  readonly note: string;
  readonly graph: ReportFigure;
  readonly figures: readonly ReportFigure[];
  readonly tables: {
    readonly arms: Table;
    readonly differences: Table;
    readonly gap: Table | undefined;
    readonly images: Table;
    readonly changes: Table;
    readonly cells: Table;
    readonly software: Table;
    readonly manifest: Table;
  };
  readonly montages: readonly Montage[];
  readonly commands: readonly string[];
  /** Times and the like: what differs when the same sweep is run again. */
  readonly footer: string;
};

const style = `
  :root { color-scheme: light; }
  body { font: 15px/1.5 Helvetica, Arial, sans-serif; color: #1b2027; background: #fff; max-width: 1100px; margin: 32px auto; padding: 0 24px; }
  h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px; } h2 { font-size: 20px; margin: 44px 0 14px; border-bottom: 1px solid #d7dce1; padding-bottom: 4px; break-after: avoid; }
  .question { font-size: 19px; color: #33404d; margin: 0 0 18px; }
  .summary { background: #f1f6fb; border-left: 4px solid #0072b2; padding: 10px 18px; } .summary p { margin: 6px 0; } .summary p:nth-child(2) { font-weight: bold; }
  .note, figcaption, footer { color: #4a5560; font-size: 13px; } .note, figcaption { max-width: 76ch; }
  figure { margin: 12px 0; break-inside: avoid; } figure svg, figure img { max-width: 100%; height: auto; display: block; } figcaption { margin-top: 6px; }
  .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(460px, 1fr)); gap: 16px 24px; } .pair .across { grid-column: 1 / -1; }
  table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: 8px 0 16px; }
  .wide { overflow-x: auto; } th, td { padding: 3px 10px; text-align: left; border-bottom: 1px solid #e6e9ed; white-space: nowrap; vertical-align: top; }
  th { border-bottom: 2px solid #9aa4af; } td.number, th.number { text-align: right; } td:first-child, th:first-child { padding-left: 0; }
  tr.mean td { font-weight: bold; } tr { break-inside: avoid; } caption { text-align: left; font-weight: bold; padding: 4px 0; }
  pre { background: #f5f7f9; padding: 10px 14px; white-space: pre-wrap; overflow-wrap: anywhere; } details { margin: 8px 0; } details summary { cursor: pointer; color: #33404d; }
  @page { margin: 14mm; }
  @media print { body { font-size: 10pt; margin: 0; padding: 0; max-width: none; } .note, figcaption, footer { font-size: 8.5pt; } .pair { grid-template-columns: 1fr 1fr; gap: 8px 14px; }
    h2 { margin-top: 24px; } .summary, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact; } table { font-size: 8pt; } th, td { padding: 2px 6px; white-space: normal; } .wide { overflow: visible; } details:not([open]) { display: none; } }`;

/** Writes a report. */
export function printReport(report: Report): string {
  const { title, tables } = report;
  const sections = [
    printHead(report),
    section('Graph', printFigure(report.graph), optionalTable(tables.changes)),
    section(
      'Results',
      printTable(joinIntervals(tables.arms)),
      `<p class="note">${escapeMarkup(report.note)}</p>`,
      printDifferences(tables.differences),
      tables.gap === undefined ? '' : printTable(tables.gap),
    ),
    section('Figures', `<div class="pair">${report.figures.map(printFigure).join('')}</div>`),
    section('Images by disagreement', printTable(first(tables.images, 20))),
    report.montages.length === 0
      ? ''
      : section(
          'Montages',
          `<div class="pair">${report.montages.map(printMontage).join('')}</div>`,
        ),
    section('Cells', printTable(tables.cells)),
    section(
      'Manifest',
      optionalTable(tables.software),
      details('Artifacts of every cell', printTable(tables.manifest)),
    ),
    section('Do it again', `<pre>${escapeMarkup(report.commands.join('\n'))}</pre>`),
    `<footer>${escapeMarkup(report.footer)}</footer>`,
  ];
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeMarkup(title)}</title><style>${style}</style>`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head><body>\n${sections.join('\n')}\n</body></html>\n`;
}

function printHead({ title, question, description, summary }: Report): string {
  const asked = question === undefined ? '' : `<p class="question">${escapeMarkup(question)}</p>`;
  const lines = summary.map((line) => `<p>${escapeMarkup(line)}</p>`).join('');
  return `<h1>${escapeMarkup(title)}</h1>${asked}<div class="summary">${lines}</div><p>${escapeMarkup(description)}</p>`;
}

const section = (title: string, ...parts: readonly string[]): string =>
  `<section><h2>${title}</h2>${parts.join('')}</section>`;

const details = (title: string, content: string): string =>
  `<details><summary>${escapeMarkup(title)}</summary>${content}</details>`;

/** The means in the open; single classes on request. */
function printDifferences(table: Table): string {
  const isMean = (row: Table['rows'][number]) => row[2] === 'mean';
  const means = { ...table, rows: table.rows.filter(isMean) };
  const classes = { ...table, title: 'By class', rows: table.rows.filter((row) => !isMean(row)) };
  return printTable(means) + details('Paired differences of single classes', printTable(classes));
}

const optionalTable = (table: Table): string => (table.rows.length === 0 ? '' : printTable(table));

const first = (table: Table, count: number): Table => ({
  ...table,
  title: `${table.title}: ${Math.min(count, table.rows.length)} of ${table.rows.length}`,
  rows: table.rows.slice(0, count),
});

function printTable({ title, columns, rows }: Table): string {
  const isNumeric = columns.map((_, c) => rows.some((row) => typeof row[c] === 'number'));
  const printers = columns.map((_, c) => createNumberPrinter(rows.map((row) => row[c] ?? null)));
  const cell = (tag: 'th' | 'td') => (value: string | number | null, c: number) => {
    const text = printCell(value, printers[c]!);
    return isNumeric[c] ? element(tag, { class: 'number' }, text) : `<${tag}>${text}</${tag}>`;
  };
  const body = rows.map((row) => {
    const mark = String(row[0]).startsWith('mean') ? ' class="mean"' : '';
    return `<tr${mark}>${row.map(cell('td')).join('')}</tr>`;
  });
  return `<div class="wide"><table><caption>${escapeMarkup(title)}</caption><thead><tr>${columns.map(cell('th')).join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

function printCell(value: string | number | null, print: (value: number) => string): string {
  if (value === null) return '–';
  return typeof value === 'string' ? escapeMarkup(value) : print(value).replace('-', '−');
}

const printFigure = ({ svg, caption, isWide = false }: ReportFigure): string =>
  `<figure${isWide ? ' class="across"' : ''}>${svg}<figcaption>${escapeMarkup(caption)}</figcaption></figure>`;

function printMontage({ arm, seed, nodeId, figure }: Montage): string {
  const source = `data:image/png;base64,${Buffer.from(figure.png).toString('base64')}`;
  const caption = `${nodeId} of ${arm}, seed ${seed}: ${figure.caption}`;
  const picture = `<img src="${source}" width="${figure.width}" height="${figure.height}" alt="${escapeMarkup(caption)}">`;
  return `<figure>${picture}<figcaption>${escapeMarkup(caption)}</figcaption></figure>`;
}

/** Tables for other programs and for papers. */
import type { Table } from '@radiograph/graph';

type Value = string | number | null;

/** RFC 4180; empty for null. Numbers are written in full. */
export function printCsv({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const cell = (value: Value) => {
    const text = value === null ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

const escapeLatex = (text: string): string =>
  text.replace(/[\\~^&%$#_{}]/g, (char) => special[char] ?? `\\${char}`);

/** A `table` for the booktabs package; numbers to three digits, `--` for null. */
export function printLatex({ title, columns, rows }: Table): string {
  const isNumeric = columns.map((_, c) => rows.some((row) => typeof row[c] === 'number'));
  const line = (row: readonly Value[]) => `    ${row.map(printLatexCell).join(' & ')} \\\\`;
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(title)}}`,
    `  \\begin{tabular}{${isNumeric.map((numeric) => (numeric ? 'r' : 'l')).join('')}}`,
    '    \\toprule',
    line(columns),
    '    \\midrule',
    ...rows.map(line),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function printLatexCell(value: Value): string {
  if (value === null) return '--';
  if (typeof value === 'string') return escapeLatex(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

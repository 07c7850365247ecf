/** Tables for other programs and for papers. */
import type { Table } from '@radiograph/kinds';
import { createNumberPrinter } from '@radiograph/statistics';

type Value = string | number | null;

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

const escapeLatex = (text: string): string =>
  text.replace(/[\\~^&%$#_{}]/g, (char) => special[char] ?? `\\${char}`);

/** A `table` for the booktabs package; numbers as in the report, `--` for null. `name` is its label. */
export function printLatex({ title, columns, rows }: Table, name: string): string {
  const isNumeric = columns.map((_, c) => rows.some((row) => typeof row[c] === 'number'));
  const printers = columns.map((_, c) => createNumberPrinter(rows.map((row) => row[c] ?? null)));
  const line = (row: readonly Value[]) =>
    `    ${row.map((value, c) => printLatexCell(value, printers[c]!)).join(' & ')} \\\\`;
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(title)}}`,
    `  \\label{tab:${name}}`,
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

function printLatexCell(value: Value, print: (value: number) => string): string {
  if (value === null) return '--';
  return typeof value === 'string' ? escapeLatex(value) : print(value).replace('-', '$-$');
}

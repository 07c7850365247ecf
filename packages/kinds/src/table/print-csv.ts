/** A table -> CSV text: the one writer for everything that goes out. */
import type { Table } from './table.ts';

/**
 * What becomes of text that a spreadsheet would run as a formula (it begins with = + - @, tab or return): `safe` puts an apostrophe
 * before it, which spreadsheets do not show; `raw` writes it as it is, for programs that read the file back.
 */
export type CsvStyle = 'safe' | 'raw';

/** RFC 4180, empty for null. Numbers are written in full and are never changed, negative ones included. */
export function printCsv(
  { columns, rows }: Pick<Table, 'columns' | 'rows'>,
  style: CsvStyle = 'safe',
): string {
  const print = (value: string | number | null) => printCsvCell(value, style);
  return [columns, ...rows].map((row) => `${row.map(print).join(',')}\n`).join('');
}

const formula = /^[=+\-@\t\r]/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** One cell of a CSV file. */
export function printCsvCell(value: string | number | null, style: CsvStyle): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const isFormula = style === 'safe' && formula.test(value) && !number.test(value);
  const text = isFormula ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

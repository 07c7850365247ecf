import type { Table } from '@radiograph/kinds';

type Cell = Table['rows'][number][number];
type Options = { readonly printerOf?: (column: readonly Cell[]) => (value: number) => string };

/** Prints a table with aligned columns; numbers right, text left. `printerOf` chooses how the numbers of a column look: to four digits by default. */
export function printTable(
  { title, columns, rows }: Table,
  { printerOf = () => printFourDigits }: Options = {},
): string {
  const printers = columns.map((_, c) => printerOf(rows.map((row) => row[c] ?? null)));
  const printCell = (cell: Cell, c: number) => {
    if (cell === null) return '-';
    return typeof cell === 'string' ? cell : printers[c]!(cell);
  };
  const cells = [columns.map(String), ...rows.map((row) => row.map(printCell))];
  const widths = columns.map((_, c) => Math.max(...cells.map((row) => row[c]!.length)));
  const isNumeric = columns.map((_, c) => rows.some((row) => typeof row[c] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => (isNumeric[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells.map(line);
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [title, head, rule, ...body].join('\n');
}

const printFourDigits = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(4);

import type { Table } from '@radiograph/kinds';

type Cell = Table['rows'][number][number];
type Options = {
  /** Chooses how the numbers of a column look; default to four digits. */
  readonly printerOf?: (column: readonly Cell[]) => (value: number) => string;
  /** Rows to print of a longer table, and how many there are; default all. */
  readonly most?: number;
};

/** Prints a table with aligned columns; numbers right, text left. */
export function printTable(
  { title, columns, rows }: Table,
  { printerOf = () => printFourDigits, most = rows.length }: Options = {},
): string {
  const shown = rows.slice(0, most);
  const printers = columns.map((_, c) => printerOf(shown.map((row) => row[c] ?? null)));
  const printCell = (cell: Cell, c: number) => {
    if (cell === null) return '-';
    return typeof cell === 'string' ? cell : printers[c]!(cell);
  };
  const cells = [columns.map(String), ...shown.map((row) => row.map(printCell))];
  const widths = columns.map((_, c) =>
    cells.reduce((widest, row) => Math.max(widest, row[c]!.length), 0),
  );
  const isNumeric = columns.map((_, c) => shown.some((row) => typeof row[c] === 'number'));
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => (isNumeric[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join('  ')
      .trimEnd();
  const [head, ...body] = cells.map(line);
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const rest = rows.length - shown.length;
  const more = rest > 0 ? [`... and ${rest} more of ${rows.length} rows`] : [];
  return [title, head, rule, ...body, ...more].join('\n');
}

const printFourDigits = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(4);

import type { Table } from '@radiograph/kinds';

/** Prints a table with aligned columns; numbers right, text left, numbers to four digits. */
export function printTable({ title, columns, rows }: Table): string {
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

function printCell(cell: string | number | null): string {
  if (cell === null) return '-';
  if (typeof cell === 'string' || Number.isInteger(cell)) return String(cell);
  return cell.toFixed(4);
}

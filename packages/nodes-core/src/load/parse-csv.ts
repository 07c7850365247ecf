import { dataError } from '@radiograph/graph';

/** A CSV file: header names and rows of as many cells. */
export type Csv = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** Parses comma-separated text with quotes (RFC 4180). @throws a data error naming the line of a row with too few or too many cells. */
export function parseCsv(text: string, path: string): Csv {
  const [columns, ...rows] = splitRecords(text.replace(/^\uFEFF/, ''));
  if (columns === undefined) throw dataError(path, 'expected a header line, got an empty file');
  rows.forEach((row, i) => {
    if (row.length === columns.length) return;
    throw dataError(
      `${path} record ${i + 2}`,
      `expected ${columns.length} cells, got ${row.length}`,
    );
  });
  return { columns: columns.map((name) => name.trim()), rows };
}

const token = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;

function splitRecords(text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  let position = 0;
  while (position < text.length) {
    token.lastIndex = position;
    const match = token.exec(text)!; // the second alternative matches anything, also nothing
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    position = token.lastIndex;
    if (text[position] === ',') {
      position++;
      if (position === text.length) cells.push('');
      continue;
    }
    // A quote inside an unquoted cell ends up here; it is kept as text.
    position = skipLineEnd(text, position);
    records.push(cells);
    cells = [];
  }
  return records.filter((record) => record.length > 1 || record[0] !== '');
}

function skipLineEnd(text: string, position: number): number {
  const end = text.indexOf('\n', position);
  return end < 0 ? text.length : end + 1;
}

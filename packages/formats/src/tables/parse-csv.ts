import { dataError } from '@radiograph/graph';

/** A CSV file: header names and rows of as many cells. */
export type Csv = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The line of the file on which each row begins, for errors; the header is line 1. */
  readonly lines: readonly number[];
};

/** Parses comma-separated text with quotes (RFC 4180). @throws a data error naming the record that has too few or too many cells. */
export function parseCsv(text: string, path: string): Csv {
  const [header, ...records] = splitRecords(text.replace(/^\uFEFF/, ''));
  if (header === undefined) throw dataError(path, 'expected a header line, got an empty file');
  const width = header.cells.length;
  records.forEach(({ cells }, i) => {
    if (cells.length === width) return;
    throw dataError(`${path} record ${i + 2}`, `expected ${width} cells, got ${cells.length}`);
  });
  return {
    columns: header.cells.map((name) => name.trim()),
    rows: records.map(({ cells }) => cells),
    lines: records.map(({ line }) => line),
  };
}

type CsvRecord = { readonly cells: readonly string[]; readonly line: number };

const token = /"((?:[^"]|"")*)"|([^",\r\n]*)/y;

function splitRecords(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let cells: string[] = [];
  let position = 0;
  let start = 0;
  let line = 1;
  while (position < text.length) {
    token.lastIndex = position;
    const match = token.exec(text)!; // the second alternative matches anything, also nothing
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    position = token.lastIndex;
    if (text[position] === ',') {
      position++;
      if (position === text.length) cells.push('');
      if (position < text.length) continue;
    }
    // A quote inside an unquoted cell ends up here; it is kept as text.
    position = skipLineEnd(text, position);
    records.push({ cells, line });
    line += text.slice(start, position).split('\n').length - 1;
    start = position;
    cells = [];
  }
  return records.filter((record) => record.cells.length > 1 || record.cells[0] !== '');
}

function skipLineEnd(text: string, position: number): number {
  const end = text.indexOf('\n', position);
  return end < 0 ? text.length : end + 1;
}

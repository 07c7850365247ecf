/** CSV files of others -> header names and cells, strictly: what is not a table by RFC 4180 is refused with its line and column. */
import { dataError, type Problem, RadiographError } from '@radiograph/graph';
import Papa from 'papaparse';
import { readDataFile } from '../folders/read-file.ts';
import { decodeText } from './decode-text.ts';
import { type Delimiter, delimiterNames, findDelimiter } from './find-delimiter.ts';

/** A table of text. */
export type Csv = {
  /** Names the file in errors. */
  readonly path: string;
  /** Trimmed; never twice the same. Only the first may be "". */
  readonly columns: readonly string[];
  /** As many trimmed cells as columns. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the file on which each row begins, for errors; the header of a file without comments is line 1. */
  readonly lines: readonly number[];
  /** What was found and what was left out, for the log: delimiter, encoding, comments, blank rows, columns without a name. */
  readonly notes: readonly string[];
};

/** Reads and parses a CSV file. `expected` says what it should be: "a CSV file of labels". @throws a data error by line and column. */
export async function readCsv(path: string, expected: string): Promise<Csv> {
  return parseCsv(await readDataFile(path, expected), path);
}

/**
 * Parses a table with quotes (RFC 4180). Delimiter (comma, semicolon, tab, pipe), encoding and line ends (CR, LF, CRLF) are found.
 *
 * Blanks around a cell do not count; blank lines, rows of empty cells and lines of # before the header are left out; so is a
 * column without a name and without values. All of this is said in `notes`.
 *
 * @throws a data error by line and column for quotes that do not close or stand inside a cell, for rows of another width than the
 * header, and for column names that are there twice or missing.
 */
export function parseCsv(content: Uint8Array | string, path: string): Csv {
  const { text, encoding } =
    typeof content === 'string' ? { text: content, encoding: 'utf-8' } : decodeText(content, path);
  const lf = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const { delimiter, comments } = findDelimiter(lf);
  const records = splitRecords(lf, { path, delimiter, comments });
  const header = records.rows.shift();
  const headerLine = records.lines.shift();
  if (header === undefined || headerLine === undefined)
    throw dataError(path, 'expected a header line, got an empty file');
  const table = { path, columns: header, rows: records.rows, lines: records.lines };
  assertNames(table, headerLine);
  const notes = [
    ...(encoding === 'utf-8' ? [] : [`read as ${encoding}`]),
    ...(delimiter === ',' ? [] : [`cells separated by ${delimiterNames[delimiter]}`]),
    ...(comments > 0 ? [`${comments} lines of # before the header left out`] : []),
    ...(records.blank > 0 ? [`${records.blank} rows of empty cells left out`] : []),
  ];
  const csv = dropNameless({ ...table, notes }, headerLine);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { ...csv, notes: csv.notes.map((note) => `${name}: ${note}`) };
}

type Source = {
  readonly path: string;
  readonly delimiter: Delimiter;
  readonly comments: number;
};
type Records = {
  readonly rows: string[][];
  readonly lines: number[];
  readonly blank: number;
};

/** All records with the lines on which they begin. Every record has as many cells as the first. */
function splitRecords(text: string, { path, delimiter, comments }: Source): Records {
  const records = { rows: [] as string[][], lines: [] as number[], blank: 0 };
  const problems: Problem[] = [];
  const isPlain = !text.includes('"');
  const judge = createJudge(delimiter);
  const shared = new Map<string, string>();
  let [line, at, left] = [1, 0, comments];
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step({ data, errors, meta: { cursor } }) {
      const [begin, raw] = [line, isPlain ? '' : text.slice(at, cursor)];
      line += isPlain ? 1 : countLines(raw);
      at = cursor;
      const cells = data;
      if (tidyCells(cells, shared) === 0) {
        if (cells.length > 1) records.blank++;
        return;
      }
      if (left-- > 0) return;
      const width = records.rows[0]?.length ?? cells.length;
      const problem = judge({ cells, raw, width, code: errors[0]?.code });
      if (problem !== undefined)
        problems.push({ path: `${path} line ${begin}${problem.place}`, message: problem.message });
      records.rows.push(cells);
      records.lines.push(begin);
    },
  });
  throwProblems(problems);
  return records;
}

const mostShared = 12; // characters of a cell that is likely to be there again

/**
 * Cuts blanks off in place and returns how many cells have anything in them. Short cells that are equal become one string: a table of
 * labels holds millions of "1.0", and to keep each of them takes longer than to parse them.
 */
function tidyCells(cells: string[], shared: Map<string, string>): number {
  let filled = 0;
  for (let i = 0; i < cells.length; i++) {
    let cell = cells[i]!;
    if (cell === '') continue;
    if (mayBeBlank(cell.charCodeAt(0)) || mayBeBlank(cell.charCodeAt(cell.length - 1))) {
      cell = cell.trim();
      cells[i] = cell;
    }
    if (cell === '') continue;
    filled++;
    if (cell.length > mostShared) continue;
    const same = shared.get(cell);
    if (same === undefined) shared.set(cell, cell);
    else cells[i] = same;
  }
  return filled;
}

/** Whether `trim` could cut the character off: spaces and controls, and those of Unicode. */
const mayBeBlank = (code: number) => code <= 32 || code >= 160;

type Judged = {
  readonly cells: readonly string[];
  /** The record as it stands in the file; empty if no cell of the file has a quote. */
  readonly raw: string;
  readonly width: number;
  /** What the parser found. */
  readonly code: string | undefined;
};

/** What a strict reader has against a record: quotes first, for they decide how many cells there are. */
function createJudge(delimiter: Delimiter) {
  const findMisplaced = strictRecord(delimiter);
  return ({ cells, raw, width, code }: Judged) => {
    const misplaced = raw.includes('"') ? findMisplaced(raw) : undefined;
    if (code !== undefined || misplaced !== undefined)
      return {
        place: `, column ${misplaced ?? cells.length}`,
        message: explainQuote(code, raw),
      };
    if (cells.length === width) return undefined;
    return {
      place: '',
      message: `expected ${width} cells, as the header has, got ${cells.length}`,
    };
  };
}

function countLines(raw: string): number {
  let count = 0;
  for (let i = raw.indexOf('\n'); i >= 0; i = raw.indexOf('\n', i + 1)) count++;
  return count;
}

/** Finds the first cell (from 1) that a strict reader refuses: a quote inside an unquoted cell, text after a closing quote. */
function strictRecord(delimiter: Delimiter): (raw: string) => number | undefined {
  const cell = new RegExp(
    `(?:"(?:[^"]|"")*"|[^"${delimiter}]*)(${delimiter === '|' ? '\\|' : delimiter}|\\n?$)`,
    'y',
  );
  return (raw) => {
    let column = 1;
    cell.lastIndex = 0;
    for (let match = cell.exec(raw); match !== null; match = cell.exec(raw)) {
      if (match[1] !== delimiter) return undefined;
      column++;
    }
    return column;
  };
}

function explainQuote(code: string | undefined, raw: string): string {
  const shown = JSON.stringify(raw.trimEnd().slice(0, 60));
  if (/(^|[,;\t|]) +"/.test(raw))
    return `expected a quote right after the delimiter, got a blank between them: ${shown}`;
  if (code === 'MissingQuotes')
    return `expected a closing quote, got the end of the file: ${shown}`;
  return `expected quotes around a whole cell, with quotes inside it doubled, got ${shown}`;
}

function assertNames({ path, columns }: Omit<Csv, 'notes'>, line: number): void {
  const first = new Map<string, number>();
  const problems = columns.flatMap((name, i): Problem[] => {
    const earlier = first.get(name);
    first.set(name, earlier ?? i);
    if (earlier === undefined || name === '') return [];
    return [
      {
        path: `${path} line ${line}, column ${i + 1}`,
        message: `expected each column name once, got ${name} of column ${earlier + 1} again`,
      },
    ];
  });
  throwProblems(problems);
}

/** A column without name and values goes; the first may lack a name (pandas names no index); of others nobody can tell what they mean. */
function dropNameless(csv: Csv, line: number): Csv {
  const nameless = csv.columns.flatMap((name, i) => (name === '' ? [i] : []));
  const empty = new Set(nameless.filter((i) => csv.rows.every((row) => row[i] === '')));
  throwProblems(
    nameless
      .filter((i) => i > 0 && !empty.has(i))
      .map((i) => {
        const row = csv.rows.findIndex((cells) => cells[i] !== '');
        const cell = JSON.stringify(csv.rows[row]![i]);
        return {
          path: `${csv.path} line ${line}, column ${i + 1}`,
          message: `expected a column name, got none; line ${csv.lines[row]} holds ${cell}`,
        };
      }),
  );
  if (empty.size === 0) return csv;
  const keep = <T>(list: readonly T[]) => list.filter((_, i) => !empty.has(i));
  const places = [...empty].map((i) => i + 1).join(', ');
  return {
    ...csv,
    columns: keep(csv.columns),
    rows: csv.rows.map(keep),
    notes: [...csv.notes, `column ${places} left out: no name and no values`],
  };
}

/** Throws all that was found at once, if anything was. */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new RadiographError('data', problems);
}

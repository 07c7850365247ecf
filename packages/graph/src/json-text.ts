/** JSON text to a value. What is wrong is said in our own words, because those of JavaScript engines differ by version. */
import { type ParseError, parse } from 'jsonc-parser';
import { RadiographError } from './errors.ts';

/**
 * Parses JSON, with or without a byte order mark.
 *
 * @throws {RadiographError} code `graph` without a path: the line and column (both from 1), what JSON has there, and what came.
 */
export function parseJsonText(text: string): unknown {
  const plain = withoutMark(text);
  try {
    return JSON.parse(plain);
  } catch (cause) {
    const message = `expected JSON, got: ${explainFault(plain)}`;
    throw new RadiographError('graph', { path: '', message }, { cause });
  }
}

/** Text without the byte order mark that Windows editors write. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function explainFault(text: string): string {
  const [first, second] = findFaults(text);
  if (first === undefined) return 'text that is none';
  const place = placeOf(first.offset, text);
  const got = quote(first, text);
  const expected = got === ',' ? beforeComma : expectation(first, second);
  return `${got} where ${expected} belongs (${place})`;
}

function findFaults(text: string): ParseError[] {
  const faults: ParseError[] = [];
  try {
    parse(text, faults, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Lists within lists, deeper than the call stack; what was found before them is still right.
  }
  return faults;
}

function placeOf(offset: number, text: string): string {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

const value = 'a value';
const name = 'a name in double quotes';
const beforeComma = 'a value or a member before a comma';
const longText = 'a double quote at the end of a text, on the line where it began';
const invalidSymbol = 1;
const noMark = 'a value, a name in double quotes, or one of { } [ ] , :';

// By the numbers of `ParseErrorCode`, a const enum that a single file cannot import.
const expectations: Readonly<Record<number, string>> = {
  [invalidSymbol]: noMark,
  2: 'a number as 1, -0.5 or 1e-3',
  3: name,
  4: value,
  5: 'a colon after a name',
  6: 'a comma between two members',
  7: '} at the end of an object',
  8: '] at the end of a list',
  9: 'the end of the text',
  10: 'a value or a name, not a comment,',
  11: 'a value or a name, not a comment,',
  12: longText,
  13: 'a digit',
  14: 'four hexadecimal digits after \\u',
  15: 'one of " \\ / b f n r t u after a backslash',
  16: 'a text without control characters (a tab is \\t)',
};

/** A word that JSON does not know is told by what is missed in its place. */
function expectation({ error }: ParseError, next: ParseError | undefined): string {
  const isWord = error === invalidSymbol && (next?.error === 3 || next?.error === 4);
  return expectations[isWord ? next.error : error] ?? noMark;
}

const longest = 40;

function quote({ offset, length }: ParseError, text: string): string {
  const [line = ''] = text.slice(offset, offset + Math.max(length, 1)).split(/[\r\n]/);
  if (line === '') return 'the end of the text';
  return line.length > longest ? `${line.slice(0, longest)} ...` : line;
}

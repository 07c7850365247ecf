import { describe, expect, test } from 'vitest';
import { parseCsv } from './parse-csv.ts';

const table = 'name,Edema\na,1\nb,0\n';
const cells = [
  ['a', '1'],
  ['b', '0'],
];
const parse = (content: Uint8Array | string) => parseCsv(content, 'data/t.csv');

/** Big endian, which Buffer cannot write. */
const utf16be = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();

describe('parseCsv', () => {
  test.each([
    ['UTF-8', Buffer.from(table), []],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${table}`), []],
    ['UTF-16', Buffer.from(`\uFEFF${table}`, 'utf16le'), ['t.csv: read as utf-16le']],
    ['UTF-16 without a mark', Buffer.from(table, 'utf16le'), ['t.csv: read as utf-16le']],
    ['UTF-16 big endian', utf16be(table), ['t.csv: read as utf-16be']],
    ['CRLF', table.replaceAll('\n', '\r\n'), []],
    ['CR', table.replaceAll('\n', '\r'), []],
    ['semicolons', table.replaceAll(',', ';'), ['t.csv: cells separated by semicolon']],
    ['tabs', table.replaceAll(',', '\t'), ['t.csv: cells separated by tab']],
    ['pipes', table.replaceAll(',', '|'), ['t.csv: cells separated by pipe']],
    ['blanks around cells', 'name , Edema\n a,1 \nb , 0\n', []],
    ['blank lines', '\nname,Edema\n\na,1\nb,0\n\n', []],
    ['quotes around everything', '"name","Edema"\n"a","1"\n"b","0"\n', []],
    ['a row of nothing', `${table},\n`, ['t.csv: 1 rows of empty cells left out']],
    [
      'a column of nothing',
      'name,Edema,\na,1,\nb,0,\n',
      ['t.csv: column 3 left out: no name and no values'],
    ],
    ['a remark before', `# exported\n${table}`, ['t.csv: 1 lines of # before the header left out']],
  ])('[F20] %s give the same table, and what was found is said', (_, content, notes) => {
    const csv = parse(content);
    expect([csv.columns, csv.rows, csv.notes]).toEqual([['name', 'Edema'], cells, notes]);
  });

  test('[F20] bytes that are not UTF-8 are Latin-1, and that is said', () => {
    const csv = parse(Buffer.from('name,\u00d6dem\na,1\n', 'latin1'));
    expect([csv.columns, csv.notes]).toEqual([
      ['name', '\u00d6dem'],
      ['t.csv: read as windows-1252'],
    ]);
  });

  test('[F20] the delimiter is the one that all rows hold as often as the header', () => {
    expect(parse('Image Index,Finding Labels\na.png,Edema|Mass\n').columns).toHaveLength(2);
    expect(parse('name;ratio\na;0,61\nb;0,42\n').rows).toEqual([
      ['a', '0,61'],
      ['b', '0,42'],
    ]);
    expect(parse('name\na\nb\n').rows).toEqual([['a'], ['b']]);
    expect(parse('#,name\n1,a\n').columns).toEqual(['#', 'name']);
  });

  test('[F21] quotes hold delimiters, line ends and doubled quotes; rows know their lines', () => {
    const csv = parse('name,note\na,"x, ""y""\nz"\nb,2\n\nc,3\n');
    expect(csv.rows).toEqual([
      ['a', 'x, "y"\nz'],
      ['b', '2'],
      ['c', '3'],
    ]);
    expect(csv.lines).toEqual([2, 4, 6]);
  });

  test.each([
    [
      'a,1,"ok\nb,0,x\n',
      't.csv line 2, column 3: expected a closing quote, got the end of the file',
    ],
    ['a,"1"0,x\n', 't.csv line 2, column 2: expected quotes around a whole cell'],
    ['a,0,5" film\n', 't.csv line 2, column 3: expected quotes around a whole cell'],
    ['a, "1",x\n', 't.csv line 2, column 2: expected a quote right after the delimiter'],
    ['a,1\n', 't.csv line 2: expected 3 cells, as the header has, got 2'],
    ['a,1,2,3\n', 't.csv line 2: expected 3 cells, as the header has, got 4'],
  ])('[F21] %j is refused by line and column', (row, message) => {
    expect(() => parse(`name,Edema,note\n${row}`)).toThrow(message);
  });

  test.each([
    [
      'name,Edema,Edema\na,1,0\n',
      'line 1, column 3: expected each column name once, got Edema of column 2 again',
    ],
    [
      'name,,Edema\na,x,0\n',
      'line 1, column 2: expected a column name, got none; line 2 holds "x"',
    ],
    ['', 'expected a header line, got an empty file'],
    ['name\0,x\n', 'expected text, got a zero byte at character 5'],
  ])('[F22] %j is refused', (text, message) => {
    expect(() => parse(Buffer.from(text))).toThrow(message);
  });
});

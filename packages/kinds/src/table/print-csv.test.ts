import { expect, test } from 'vitest';
import { printCsv } from './print-csv.ts';

const table = (rows: readonly (readonly (string | number | null)[])[]) => ({
  columns: ['image', 'x'],
  rows,
});

test('cells with commas, quotes and line ends are quoted, null is empty', () => {
  expect(
    printCsv(
      table([
        ['a,b', 1.5],
        ['say "x"', null],
        ['two\nlines', 0],
        ['re\rturn', 1],
      ]),
    ),
  ).toBe('image,x\n"a,b",1.5\n"say ""x""",\n"two\nlines",0\n"re\rturn",1\n');
});

test.each(['=1+1', '+cmd', '-cmd|x', '@SUM(A1)', '\tx'])(
  'text that a spreadsheet would run (%j) begins with an apostrophe, unless raw is asked for',
  (text) => {
    expect(printCsv(table([[text, 0]]))).toBe(`image,x\n'${text},0\n`);
    expect(printCsv(table([[text, 0]]), 'raw')).toBe(`image,x\n${text},0\n`);
  },
);

test('numbers stay, also negative ones and those that are text', () => {
  expect(
    printCsv(
      table([
        ['-0.5', -1],
        ['+2e-3', 1e21],
      ]),
    ),
  ).toBe('image,x\n-0.5,-1\n+2e-3,1e+21\n');
  expect(printCsv({ columns: ['=x'], rows: [['return\r=1']] })).toBe('\'=x\n"return\r=1"\n');
});

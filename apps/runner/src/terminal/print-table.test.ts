import { expect, test } from 'vitest';
import { printTable } from './print-table.ts';

test('columns are aligned: numbers to the right and to four digits, text to the left, nothing as a dash', () => {
  const rows = [
    ['Edema', 0.25, 3],
    ['Cardiomegaly', null, 12],
  ];
  expect(printTable({ title: 'Scores', columns: ['finding', 'IoU', 'n'], rows })).toBe(
    `Scores
finding          IoU   n
------------  ------  --
Edema         0.2500   3
Cardiomegaly       -  12`,
  );
});

test('of 130,000 rows as many as are wanted are printed, and the count', () => {
  const rows = Array.from({ length: 130_000 }, (_, i) => [`image ${i}`, i]);
  const lines = printTable(
    { title: 'Images', columns: ['image', 'row'], rows },
    { most: 50 },
  ).split('\n');

  expect(lines).toHaveLength(3 + 50 + 1);
  expect(lines.at(-2)).toBe('image 49   49');
  expect(lines.at(-1)).toBe('... and 129950 more of 130000 rows');
});

import { expect, test } from 'vitest';
import { printDuration, printRate, printSeconds } from './print.ts';

test('times are short, and never 0 for something that took time', () => {
  expect([7, 750, 3723].map(printSeconds)).toEqual(['0:07', '12:30', '1:02:03']);
  expect([0, 0.01, 0.4, 38, 125].map(printDuration)).toEqual([
    '0.0 s',
    '< 0.1 s',
    '0.4 s',
    '38 s',
    '2:05',
  ]);
});

test('rates have two digits or whole numbers, never an exponent', () => {
  expect([0.0421, 0.42, 7.51, 93.4, 1600].map(printRate)).toEqual([
    '0.042',
    '0.42',
    '7.5',
    '93',
    '1600',
  ]);
});

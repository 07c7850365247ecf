import { expect, test } from 'vitest';
import {
  findTime,
  printAgo,
  printDuration,
  printMoment,
  printRate,
  printSeconds,
  readTimes,
} from './print.ts';

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

test('a moment is told by how long ago it was; of another day, or of a clock that is ahead, as date and time', () => {
  const iso = '2026-11-25T10:00:00.000Z';
  const after = (seconds: number) => printAgo(iso, Date.parse(iso) + 1000 * seconds);
  expect([3, 61, 59 * 60, 3600, 86_399].map(after)).toEqual([
    'just now',
    '1 min ago',
    '59 min ago',
    '1 h ago',
    '23 h ago',
  ]);
  expect([after(86_400), after(-120)]).toEqual([printMoment(iso), printMoment(iso)]);
});

test('the times in a sentence of the engine are put as people read them', () => {
  const reason = 'same key as 2026-11-25T10:00:00.123Z';
  expect(findTime(reason)).toBe('2026-11-25T10:00:00.123Z');
  expect(findTime('never run')).toBeUndefined();
  expect(readTimes(reason)).toMatch(/^same key as on November 2[456], 2026 at \d\d:\d\d:\d\d$/);
  expect(readTimes('never run')).toBe('never run');
});

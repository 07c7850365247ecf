/** A comparison as tables for people. */
import type { Interval } from '../bootstrap/interval.ts';
import type { ArmScore, ArmsComparison, Difference } from '../compare/arm.ts';
import type { ArmGaps } from '../compare/gap.ts';
import { printBounds, printNumber } from './numbers.ts';
import { describeSample, judgePair } from './verdict.ts';

/** Columns, and rows of text, numbers or nothing. */
export type ResultTable = {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
};

/** IoU per class and mIoU, one column per arm; beside each its interval. */
export function tabulateArms({ classes, arms, seeds, images }: ArmsComparison): ResultTable {
  const rowOf = (name: string, pick: (arm: ArmScore) => Interval | null) => [
    name,
    ...arms.flatMap((arm) => cellsOf(pick(arm))),
  ];
  return {
    title: `Per-image IoU by arm (${describeSample({ images: images.length, seeds: seeds.length })})`,
    columns: ['class', ...arms.flatMap(({ name }) => [name, `${name} low`, `${name} high`])],
    rows: [
      ...classes.map((name, k) => rowOf(name, ({ perClass }) => perClass[k]!)),
      rowOf('mean (mIoU)', ({ mean }) => mean),
    ],
  };
}

/** `b - a` for every pair: the mean first, then the classes. */
export function tabulateDifferences({ pairs, seeds }: ArmsComparison): ResultTable {
  const rowOf = (a: string, b: string, one: Difference) => [
    a,
    b,
    one.name,
    ...cellsOf(one.difference),
    one.p,
    one.adjustedP,
    judgePair({ a, b }, one, seeds.length),
  ];
  return {
    title: 'Paired differences of per-image IoU, b - a (95 % bootstrap interval; p by Holm)',
    columns: ['a', 'b', 'class', 'b - a', 'low', 'high', 'p', 'p (Holm)', 'verdict'],
    rows: pairs.flatMap(({ a, b, mean, perClass }) =>
      [mean, ...perClass].map((one) => rowOf(a, b, one)),
    ),
  };
}

/** Images, those on which the arms disagree most first. */
export function tabulateImages({ arms, images, seeds }: ArmsComparison): ResultTable {
  const isSeeded = seeds.length > 1;
  return {
    title: 'Images by disagreement (mean IoU over the classes of an image)',
    columns: [...(isSeeded ? ['seed'] : []), 'image', ...arms.map(({ name }) => name), 'spread'],
    rows: images.map(({ seed, id, iou, spread }) => [
      ...(isSeeded ? [seed] : []),
      id,
      ...iou,
      spread,
    ]),
  };
}

/** Every arm's mIoU beside the readers'. */
export function tabulateGaps(gaps: readonly ArmGaps[]): ResultTable {
  return {
    title: 'Gap to the human readers (mIoU; gap = (readers - arm) / readers)',
    columns: [
      ...['arm', 'mIoU', 'readers'],
      ...['readers - arm', 'low', 'high'],
      ...['gap', 'gap low', 'gap high'],
    ],
    rows: gaps.map(({ name, mean: { arm, readers, difference, gap } }) => [
      name,
      arm,
      readers,
      ...cellsOf(difference),
      ...cellsOf(gap),
    ]),
  };
}

const cellsOf = (interval: Interval | null): (number | null)[] =>
  interval === null ? [null, null, null] : [interval.mean, interval.lower, interval.upper];

/** The table with each value and its two bounds (columns `x`, `x low`, `x high`) in one cell, for people. */
export function joinIntervals({ title, columns, rows }: ResultTable): ResultTable {
  const isBound = (c: number) => / (low|high)$/.test(columns[c]!);
  const kept = columns.flatMap((_, c) => (isBound(c) ? [] : [c]));
  const join = (row: ResultTable['rows'][number], c: number) => {
    const [value, lower, upper] = [row[c], row[c + 1], row[c + 2]];
    if (value === null || value === undefined) return null;
    if (typeof value === 'string' || typeof lower !== 'number' || typeof upper !== 'number')
      return value;
    return `${printNumber(value)} ${printBounds({ lower, upper })}`;
  };
  return {
    title: `${title}, 95 % interval`,
    columns: kept.map((c) => columns[c]!),
    rows: rows.map((row) =>
      kept.map((c) => (c + 2 < columns.length && isBound(c + 1) ? join(row, c) : row[c]!)),
    ),
  };
}

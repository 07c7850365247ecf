/** A comparison as tables for people. */
import type { Interval, Table } from '@radiograph/kinds';
import type { ArmsComparison, Difference } from './compare-arms.ts';

/** mIoU and IoU per class, one column per arm; below each its interval. */
export function tabulateArms({ classes, arms, seeds, images }: ArmsComparison): Table {
  const rowOf = (name: string, pick: (arm: (typeof arms)[number]) => Interval | null) => [
    name,
    ...arms.flatMap((arm) => cellsOf(pick(arm))),
  ];
  return {
    title: `Per-image IoU by arm (${countOf(images.length, 'image')}, ${countOf(seeds.length, 'seed')})`,
    columns: ['class', ...arms.flatMap(({ name }) => [name, `${name} low`, `${name} high`])],
    rows: [
      ...classes.map((name, k) => rowOf(name, ({ perClass }) => perClass[k]!)),
      rowOf('mean (mIoU)', ({ mean }) => mean),
    ],
  };
}

/** `b - a` for every pair: the mean first, then the classes. */
export function tabulateDifferences({ pairs }: ArmsComparison): Table {
  const rowOf = (a: string, b: string, { name, difference, p, adjustedP }: Difference) => [
    a,
    b,
    name,
    ...cellsOf(difference),
    p,
    adjustedP,
    verdictOf(a, b, { difference, adjustedP }),
  ];
  return {
    title: 'Paired differences, b - a (95 % bootstrap interval; p by Holm)',
    columns: ['a', 'b', 'class', 'b - a', 'low', 'high', 'p', 'p (Holm)', 'verdict'],
    rows: pairs.flatMap(({ a, b, mean, perClass }) =>
      [mean, ...perClass].map((one) => rowOf(a, b, one)),
    ),
  };
}

/** Images, those on which the arms disagree most first. */
export function tabulateImages({ arms, images, seeds }: ArmsComparison): Table {
  return {
    title: 'Images by disagreement (mean IoU over the classes of an image)',
    columns: [
      ...(seeds.length > 1 ? ['seed'] : []),
      'image',
      ...arms.map(({ name }) => name),
      'spread',
    ],
    rows: images.map(({ seed, id, iou, spread }) => [
      ...(seeds.length > 1 ? [seed] : []),
      id,
      ...iou,
      spread,
    ]),
  };
}

/** What a reader must know before believing the numbers. */
export function explainComparison({ seeds, pairs, classes }: ArmsComparison): string {
  const drawn =
    seeds.length > 1
      ? `Intervals: 95 % percentile bootstrap; each draw takes seeds with replacement and images within each seed, the same for all arms (paired). ${countOf(seeds.length, 'seed')} say little about the spread between seeds: such intervals tend to be too narrow.`
      : 'Intervals: 95 % percentile bootstrap over images, the same draw for all arms (paired). One seed: nothing is said about how much training varies.';
  const tests = pairs.length * classes.length;
  const corrected = `Holm's correction is over ${countOf(pairs.length, 'comparison')} of the mean, and over ${tests} of single classes; without it one in twenty would look like a difference by chance.`;
  return `${drawn} ${corrected}`;
}

const countOf = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

const cellsOf = (interval: Interval | null): (number | null)[] =>
  interval === null ? [null, null, null] : [interval.mean, interval.lower, interval.upper];

function verdictOf(
  a: string,
  b: string,
  { difference, adjustedP }: Pick<Difference, 'difference' | 'adjustedP'>,
): string {
  if (difference === null || adjustedP === null) return 'undefined';
  if (adjustedP >= 0.05) return 'no difference shown';
  return `${difference.mean > 0 ? b : a} better`;
}

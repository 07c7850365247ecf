/** The result of a sweep in sentences. */
import type { Interval } from '../bootstrap/interval.ts';
import type { ArmsComparison } from '../compare/arm.ts';
import { type AxisValues, type CurveAxis, findCurveAxis } from './curve-axis.ts';
import { printInterval, printNumber } from './numbers.ts';
import { describeSample, isShown } from './verdict.ts';

const mostSentences = 6; // of pairs: what more would say stands in the table

/** Each arm's mIoU with its interval, best first; what is shown to differ and what is not; where the best value of a numeric axis lies. */
export function summarizeArms(
  comparison: ArmsComparison,
  values: AxisValues = new Map(),
): string[] {
  const ranked = rankArms(comparison);
  if (ranked.length === 0) return ['No arm has scores.'];
  const means = ranked.map(({ name, mean }) => `${name} ${printInterval(mean)}`);
  return [
    `mIoU of single images: ${means.join('; ')} (95 % intervals; ${describeSample({ images: comparison.images.length, seeds: comparison.seeds.length })}).`,
    ...concludeArms(comparison, values),
    ...describePairs(comparison.pairs),
  ];
}

/** What no table of arms and pairs says by itself: where the best value of a numeric axis lies, and whether the best arm is shown to be the best. */
export function concludeArms(comparison: ArmsComparison, values: AxisValues = new Map()): string[] {
  const names = comparison.arms.map(({ name }) => name);
  const curves = findCurveAxis(names, values);
  const places = (curves?.curves ?? []).flatMap(({ name, points }) =>
    locateBest(comparison, points, name === curves!.name ? name : `${curves!.name} of ${name}`),
  );
  return [...places, ...judgeBest(comparison)];
}

type Pair = ArmsComparison['pairs'][number];

const rankArms = ({ arms }: ArmsComparison) =>
  arms
    .flatMap(({ name, mean }) => (mean === null ? [] : [{ name, mean }]))
    .sort((a, b) => b.mean.mean - a.mean.mean);

const orderPairs = (pairs: readonly Pair[]) => pairs.flatMap((pair) => orderPair(pair) ?? []);

function judgeBest(comparison: ArmsComparison): string[] {
  const known = orderPairs(comparison.pairs);
  if (known.length === 0) return [];
  const ranked = rankArms(comparison);
  const best = ranked[0]?.name;
  const rivals = known
    .filter((pair) => !isShown(pair) && (pair.better === best || pair.worse === best))
    .map(({ better, worse }) => (better === best ? worse : better));
  const { images, seeds } = comparison;
  const sample = describeSample({ images: images.length, seeds: seeds.length });
  if (rivals.length === 0) return [`${best} is better than every other arm (${sample}).`];
  const areAll = rivals.length > 1 && rivals.length === ranked.length - 1;
  const others = areAll ? 'any other arm' : rivals.join(', ');
  return [
    `${best} has the highest mIoU, but is not shown to be better than ${others} (${sample}).`,
  ];
}

/** What is shown to differ, largest difference first, and what is not. */
function describePairs(pairs: readonly Pair[]): string[] {
  const known = orderPairs(pairs);
  const shown = known
    .filter(isShown)
    .sort((one, other) => other.difference.mean - one.difference.mean);
  const tied = known.filter((pair) => !isShown(pair));
  return [
    ...listPairs('Shown to differ (paired, p < 0.05 after Holm)', shown, 'over'),
    ...listPairs('Not shown to differ, which is no proof that they are equal', tied, 'and'),
  ];
}

function listPairs(head: string, pairs: readonly OrderedPair[], word: 'over' | 'and'): string[] {
  if (pairs.length === 0) return [];
  if (word === 'and' && pairs.length > mostSentences)
    return [`${head}: ${pairs.length} pairs, in the table.`];
  const listed = pairs
    .slice(0, mostSentences)
    .map(
      ({ better, worse, difference, adjustedP }) =>
        `${better} ${word} ${worse}${word === 'over' ? ' by' : ':'} ${printInterval(difference)} (p ${printNumber(adjustedP)})`,
    );
  const more = pairs.length - listed.length;
  return [`${head}: ${listed.join('; ')}${more > 0 ? `; and ${more} more, in the table` : ''}.`];
}

/** `difference` = better - worse, 0 or more. */
type OrderedPair = {
  readonly better: string;
  readonly worse: string;
  readonly difference: Interval;
  readonly adjustedP: number;
};

function orderPair({ a, b, mean: { difference, adjustedP } }: Pair): OrderedPair | undefined {
  if (difference === null || adjustedP === null) return undefined;
  return difference.mean >= 0
    ? { better: b, worse: a, difference, adjustedP }
    : { better: a, worse: b, difference: negate(difference), adjustedP };
}

const negate = ({ mean, lower, upper }: Interval): Interval => ({
  mean: -mean,
  lower: -upper,
  upper: -lower,
});

type Points = CurveAxis['curves'][number]['points'];

/** The best value along an axis, and how much better it is than the values beside it. */
function locateBest(
  { arms, pairs, images, seeds }: ArmsComparison,
  points: Points,
  axis: string,
): string[] {
  const means = points.map(({ arm }) => arms.find(({ name }) => name === arm)?.mean ?? null);
  const best = means.reduce<number>(
    (at, mean, i) => ((mean?.mean ?? -1) > (means[at]?.mean ?? -1) ? i : at),
    0,
  );
  const mean = means[best];
  if (mean === null || mean === undefined) return [];
  const beside = [points[best - 1], points[best + 1]].flatMap((point) => {
    const difference = point && differenceOf(pairs, point.arm, points[best]!.arm);
    return difference ? [`${printInterval(difference)} over ${point.x}`] : [];
  });
  const sample = describeSample({ images: images.length, seeds: seeds.length });
  const isEnd = best === 0 || best === points.length - 1;
  const end = isEnd ? ' It is an end of the axis: the best may lie beyond.' : '';
  return [
    `The best ${axis} is ${points[best]!.x}: mIoU ${printInterval(mean)}; ${beside.join(', ')} (95 % interval of the paired difference; ${sample}).${end}`,
  ];
}

/** `other - one`, whichever way round the pair is kept. */
function differenceOf(pairs: readonly Pair[], one: string, other: string): Interval | null {
  const straight = pairs.find(({ a, b }) => a === one && b === other)?.mean.difference;
  if (straight) return straight;
  const turned = pairs.find(({ a, b }) => a === other && b === one)?.mean.difference;
  return turned ? negate(turned) : null;
}

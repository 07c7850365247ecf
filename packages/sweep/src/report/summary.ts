/** The result of a sweep in sentences. */
import type { Interval } from '@radiograph/graph';
import type { ArmsComparison } from '@radiograph/nodes-core';
import { type AxisValues, type CurveAxis, findCurveAxis } from './curve-axis.ts';

/** Each arm's mIoU with its interval, best first, what the paired differences show, and where the best value of a numeric axis lies. */
export function summarizeArms(
  { arms, pairs }: ArmsComparison,
  values: AxisValues = new Map(),
): string[] {
  const ranked = arms
    .flatMap(({ name, mean }) => (mean === null ? [] : [{ name, mean }]))
    .sort((a, b) => b.mean.mean - a.mean.mean);
  const [best] = ranked;
  if (best === undefined) return ['No arm has scores.'];
  const means = ranked.map(({ name, mean }) => `${name} ${printInterval(mean)}`);
  const tied = ranked.slice(1).filter(({ name }) => !isShown(pairs, name, best.name));
  const verdict =
    ranked.length < 2
      ? []
      : tied.length === 0
        ? [`${best.name} is better than every other arm (paired, Holm-corrected p < 0.05).`]
        : [
            `${best.name} has the highest mIoU; it is not shown to be better than ${tied.map(({ name }) => name).join(', ')} (paired, Holm-corrected p < 0.05).`,
          ];
  const differences = pairs.length > 6 ? [] : pairs.flatMap(describePair);
  const names = arms.map(({ name }) => name);
  const curves = findCurveAxis(names, values);
  const places = (curves?.curves ?? []).flatMap(({ name, points }) =>
    locateBest(
      { arms, pairs },
      points,
      name === curves!.name ? name : `${curves!.name} of ${name}`,
    ),
  );
  return [`mIoU: ${means.join('; ')}.`, ...verdict, ...places, ...differences];
}

type Points = CurveAxis['curves'][number]['points'];

/** The best value along an axis, and how much better it is than the values beside it. */
function locateBest(
  { arms, pairs }: Pick<ArmsComparison, 'arms' | 'pairs'>,
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
  const isEnd = best === 0 || best === points.length - 1;
  const end = isEnd ? ' It is an end of the axis: the best may lie beyond.' : '';
  return [
    `The best ${axis} is ${points[best]!.x}: mIoU ${printInterval(mean)}; ${beside.join(', ')} (95 % interval of the paired difference).${end}`,
  ];
}

/** `other - one`, whichever way round the pair is kept. */
function differenceOf(pairs: ArmsComparison['pairs'], one: string, other: string): Interval | null {
  const straight = pairs.find(({ a, b }) => a === one && b === other)?.mean.difference;
  if (straight) return straight;
  const turned = pairs.find(({ a, b }) => a === other && b === one)?.mean.difference;
  return turned ? { mean: -turned.mean, lower: -turned.upper, upper: -turned.lower } : null;
}

function isShown(pairs: ArmsComparison['pairs'], one: string, other: string): boolean {
  const pair = pairs.find(({ a, b }) => (a === one && b === other) || (a === other && b === one));
  return pair !== undefined && pair.mean.adjustedP !== null && pair.mean.adjustedP < 0.05;
}

function describePair({ a, b, mean }: ArmsComparison['pairs'][number]): string[] {
  if (mean.difference === null || mean.adjustedP === null) return [];
  const p = mean.adjustedP < 0.01 ? mean.adjustedP.toFixed(3) : mean.adjustedP.toFixed(2);
  return [`${b} - ${a}: ${printInterval(mean.difference)}, p ${p}.`];
}

const printInterval = ({ mean, lower, upper }: Interval): string =>
  `${print(mean)} [${print(lower)}, ${print(upper)}]`;

// Without the sign of a rounded zero.
const print = (value: number): string => value.toFixed(3).replace(/^-(0\.000)$/, '$1');

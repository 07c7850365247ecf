/** Every pair of arms, with p values corrected over all of them. */
import { twoSidedP } from '../bootstrap/interval.ts';
import type { Aligned } from './align.ts';
import type { Arm, Difference, PairDifference } from './arm.ts';
import type { Estimator, Pick } from './estimate.ts';
import { adjustHolm } from './holm.ts';

type Uncorrected = Omit<Difference, 'adjustedP'>;

/** `b - a` for every two arms, in their order. */
export function comparePairs(arms: readonly Arm[], estimator: Estimator): PairDifference[] {
  const { aligned, draws, intervalOf, meanOf, classOf } = estimator;
  const describe = (name: string, pick: Pick, pairs: number): Uncorrected => ({
    name,
    difference: intervalOf(pick),
    p: twoSidedP(draws.map(pick), pairs),
  });
  const pairs = listPairs(arms.length);
  const means = pairs.map(([a, b]) =>
    describe('mean', subtract(meanOf(b), meanOf(a)), countPairs(aligned, [a, b])),
  );
  const perClass = pairs.map(([a, b]) =>
    aligned.classNames.map((name, k) =>
      describe(name, subtract(classOf(b, k), classOf(a, k)), countPairs(aligned, [a, b], k)),
    ),
  );
  const corrected = correct(perClass.flat());
  return correct(means).map((mean, i) => ({
    a: arms[pairs[i]![0]]!.name,
    b: arms[pairs[i]![1]]!.name,
    mean,
    perClass: corrected.slice(i * aligned.classes, (i + 1) * aligned.classes),
  }));
}

function listPairs(count: number): (readonly [number, number])[] {
  const all = Array.from({ length: count }, (_, i) => i);
  return all.flatMap((a) => all.slice(a + 1).map((b) => [a, b] as const));
}

function correct(list: readonly Uncorrected[]): Difference[] {
  const adjusted = adjustHolm(list.map(({ p }) => p));
  return list.map((one, i) => ({ ...one, adjustedP: adjusted[i]! }));
}

const subtract =
  (b: Pick, a: Pick): Pick =>
  (means) => {
    const [left, right] = [b(means), a(means)];
    return left === null || right === null ? null : left - right;
  };

/** Images of all seeds where both arms have an IoU: of class `k`, or of any class. */
export function countPairs(
  { blocks, arms, classes }: Aligned,
  [a, b]: readonly [number, number],
  k?: number,
): number {
  const columns = k === undefined ? Array.from({ length: classes }, (_, i) => i) : [k];
  const isDefined = (values: Float64Array, image: number, arm: number) => (column: number) =>
    !Number.isNaN(values[(image * arms + arm) * classes + column]);
  return blocks.reduce((sum, { ids, values }) => {
    const both = ids.filter((_, image) =>
      [a, b].every((arm) => columns.some(isDefined(values, image, arm))),
    );
    return sum + both.length;
  }, 0);
}

/** How far arms are from human readers who marked the same images. */
import { type Interval, twoSidedP } from '../bootstrap/interval.ts';
import type { Arm } from './arm.ts';
import { type DrawOptions, estimateArms, type Pick } from './estimate.ts';
import { countPairs } from './pairs.ts';

/** One class, or the mean over classes; null where nothing is defined. */
export type Gap = {
  readonly name: string;
  readonly arm: number | null;
  readonly readers: number | null;
  /** readers - arm. */
  readonly difference: Interval | null;
  /** (readers - arm) / readers: 0 is equal, above 0 the readers are closer to the truth. */
  readonly gap: Interval | null;
  /** Two-sided, of the difference, for this line alone: nothing is corrected for many classes. */
  readonly p: number | null;
};

/** The gaps of one arm: per class, then that of the class mean. */
export type ArmGaps = {
  readonly name: string;
  readonly perClass: readonly Gap[];
  readonly mean: Gap;
};

/**
 * Compares every arm with the readers, on the classes, seeds and images that all have. The interval is a paired percentile bootstrap: each draw
 * takes the same images for arm and readers (95 %), around the value of all images.
 */
export function measureGaps(
  arms: readonly Arm[],
  readers: Arm,
  { replicates = 2000, ...options }: DrawOptions = {},
): ArmGaps[] {
  const estimator = estimateArms([...arms, readers], { replicates, ...options }, 'gap');
  const { classNames } = estimator.aligned;
  const theirs = arms.length;
  const describe = (name: string, ours: Pick, reference: Pick, pairs: number): Gap => {
    const subtract = combine(ours, reference, (arm, readers) => readers - arm);
    return {
      name,
      arm: estimator.intervalOf(ours)?.mean ?? null,
      readers: estimator.intervalOf(reference)?.mean ?? null,
      difference: estimator.intervalOf(subtract),
      gap: estimator.intervalOf(combine(ours, reference, shareOf)),
      p: twoSidedP(estimator.draws.map(subtract), pairs),
    };
  };
  const { classOf, meanOf, aligned } = estimator;
  return arms.map(({ name }, a) => ({
    name,
    perClass: classNames.map((label, k) =>
      describe(label, classOf(a, k), classOf(theirs, k), countPairs(aligned, [a, theirs], k)),
    ),
    mean: describe('mean', meanOf(a), meanOf(theirs), countPairs(aligned, [a, theirs])),
  }));
}

const shareOf = (arm: number, readers: number): number | null =>
  readers === 0 ? null : (readers - arm) / readers;

const combine =
  (ours: Pick, theirs: Pick, of: (arm: number, readers: number) => number | null): Pick =>
  (means) => {
    const [arm, readers] = [ours(means), theirs(means)];
    return arm === null || readers === null ? null : of(arm, readers);
  };

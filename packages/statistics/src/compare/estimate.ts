/** The draws of a comparison, and what can be asked of them. */
import { defined, type Means, measureDraws, measureWhole } from '../bootstrap/draw.ts';
import { type Interval, intervalOf } from '../bootstrap/interval.ts';
import { meanOf } from '../mean.ts';
import { createRandom } from '../random/philox.ts';
import { type Aligned, alignArms } from './align.ts';
import type { Arm } from './arm.ts';

/** How often to draw and from which stream; by default `enoughReplicates` and seed 0. */
export type DrawOptions = { readonly replicates?: number; readonly seed?: number };

/** A number of one draw; null where it is not defined. */
export type Pick = (means: Means) => number | null;

/** The draws of a comparison, and any number of them with its interval around the value of the whole sample. */
export type Estimator = {
  readonly aligned: Aligned;
  readonly replicates: number;
  readonly draws: readonly Means[];
  readonly intervalOf: (pick: Pick) => Interval | null;
  /** IoU of a class. */
  readonly classOf: (arm: number, k: number) => Pick;
  /** mIoU. */
  readonly meanOf: (arm: number) => Pick;
};

/** Aligns arms and draws; `purpose` names the stream. */
export function estimateArms(
  arms: readonly Arm[],
  { replicates, seed = 0 }: DrawOptions,
  purpose: string,
): Estimator {
  const aligned = alignArms(arms);
  const count = replicates ?? enoughReplicates(arms.length, aligned.classes);
  const whole = measureWhole(aligned);
  const draws = measureDraws(aligned, createRandom(seed, purpose), count);
  const { classes } = aligned;
  return {
    aligned,
    replicates: count,
    draws,
    intervalOf(pick) {
      const around = intervalOf(draws.map(pick));
      const mean = pick(whole);
      return around === null || mean === null ? null : { ...around, mean };
    },
    classOf: (arm, k) => (means) => defined(means[arm * classes + k]!),
    meanOf: (arm) => (means) =>
      meanOf(Array.from(means.subarray(arm * classes, (arm + 1) * classes), defined)),
  };
}

/** The least p of R draws is 2 / (R + 1); the correction multiplies it by the number of tests. */
function enoughReplicates(arms: number, classes: number): number {
  const tests = ((arms * (arms - 1)) / 2) * classes;
  return Math.min(50_000, Math.max(1000, 200 * tests));
}

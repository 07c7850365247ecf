/** Percentile bootstrap of class means over images (CheXseg, localization_eval/eval.py). */
import { type Matrix, meanOf } from '../mean.ts';
import { createRandom } from '../random/philox.ts';
import { defined, measureDraws } from './draw.ts';
import { type Interval, intervalOf } from './interval.ts';

export type BootstrapIntervals = {
  readonly replicates: number;
  readonly perClass: readonly (Interval | null)[];
  readonly mean: Interval | null;
};

/**
 * Draws as many images as there are, with replacement, `replicates` times, and takes class means and their mean of each draw.
 *
 * `values` is `[N][K]`. A class that is undefined in a draw is left out of that draw; its interval is null where no draw defines it.
 */
export function bootstrapMeans(
  values: Matrix,
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): BootstrapIntervals {
  const classes = values[0]?.length ?? 0;
  const ids = values.map((_, i) => String(i));
  const flat = Float64Array.from(values.flat(), (value) => value ?? Number.NaN);
  const sample = { arms: 1, classes, blocks: [{ seed, ids, values: flat }] };
  const draws = measureDraws(sample, createRandom(seed, 'bootstrap'), replicates).map((means) =>
    Array.from(means, defined),
  );
  return {
    replicates,
    perClass: Array.from({ length: classes }, (_, k) => intervalOf(draws.map((row) => row[k]!))),
    mean: intervalOf(draws.map(meanOf)),
  };
}

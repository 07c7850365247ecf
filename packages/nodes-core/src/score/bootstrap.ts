/** Percentile bootstrap over images (CheXseg, localization_eval/eval.py; method.md a.5). */
import type { Interval, Scores } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { classMeans, meanOf } from './iou.ts';

/**
 * Draws as many images as there are, with replacement, `replicates` times, and takes class means and their mean of each draw.
 *
 * Interval: elements int(0.025 B) - 1 and int(0.975 B) - 1 of the sorted replicates, 0-based (24 and 974 of 1000), as the
 * original does; a class that is undefined in a draw is left out of that draw. null where no draw defines it.
 */
export function bootstrapIou(
  iou: Scores['perImage']['iou'],
  { replicates, seed }: { readonly replicates: number; readonly seed: number },
): Scores['bootstrap'] {
  const random = createRandom(seed, 'bootstrap');
  const draws = Array.from({ length: replicates }, () =>
    classMeans(
      iou,
      iou.map(() => random.integer(iou.length)),
    ),
  );
  const classes = iou[0]?.map((_, k) => k) ?? [];
  return {
    replicates,
    perClass: classes.map((k) => intervalOf(draws.map((draw) => draw[k] ?? null))),
    mean: intervalOf(draws.map(meanOf)),
  };
}

/** The mean of replicates and their 95 % percentile interval; null of none. */
export function intervalOf(values: readonly (number | null)[]): Interval | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (share: number) => sorted[Math.max(0, Math.floor(share * sorted.length) - 1)]!;
  return { mean: meanOf(sorted)!, lower: at(0.025), upper: at(0.975) };
}

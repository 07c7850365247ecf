/** What a bootstrap says of one number: its percentile interval and its p value. */
import { meanOf } from '../mean.ts';

/** A value with its 95 % interval. */
export type Interval = { readonly mean: number; readonly lower: number; readonly upper: number };

/**
 * The mean of replicates and their 95 % percentile interval; null where no replicate is defined.
 *
 * Bounds are the elements int(0.025 B) - 1 and int(0.975 B) - 1 of the B sorted replicates, 0-based (24 and 974 of 1000), as in the
 * released CheXseg (localization_eval/eval.py).
 */
export function intervalOf(replicates: readonly (number | null)[]): Interval | null {
  const known = replicates.filter((value) => value !== null);
  if (known.length === 0) return null;
  const sorted = Float64Array.from(known).sort();
  const at = (share: number) => sorted[Math.max(0, Math.floor(share * sorted.length) - 1)]!;
  return { mean: meanOf(known)!, lower: at(0.025), upper: at(0.975) };
}

/**
 * Two-sided p value of a difference: twice the share of draws at or beyond 0 on the rarer side (Efron and Tibshirani, 1993, chapter 16).
 * One is added to both counts, so that it is never 0. null where no draw is defined.
 *
 * `pairs` is the number of pairs of values that the difference is the mean of. No paired test can go below 2^(1 - pairs), what the sign test
 * gives when all of them point one way; a bootstrap of few pairs would, because a handful of images draws little but itself.
 */
export function twoSidedP(draws: readonly (number | null)[], pairs: number): number | null {
  const known = draws.filter((value) => value !== null);
  if (known.length === 0) return null;
  const below = known.filter((value) => value <= 0).length;
  const above = known.filter((value) => value >= 0).length;
  const p = (2 * (Math.min(below, above) + 1)) / (known.length + 1);
  return Math.min(1, Math.max(p, 2 ** (1 - pairs)));
}

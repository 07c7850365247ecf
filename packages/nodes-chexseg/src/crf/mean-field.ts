/** Mean-field inference in a fully connected CRF (Kraehenbuehl and Koltun, NIPS 2011), as the released dense CRF computes it. */
import type { GaussianFilter } from './gaussian.ts';

/** A Potts term: `weight` times the normalized filter says how strongly alike pixels want the same label. */
export type PairwiseTerm = { readonly filter: GaussianFilter; readonly weight: number };

const leastNorm = 1e-20; // densecrf.cpp

/**
 * Normalizes a filter symmetrically: N^-1/2 K N^-1/2 with N = K 1.
 *
 * `count` is the number of points. Values and result are `[count, channels]`.
 */
export function normalizeFilter(filter: GaussianFilter, count: number): GaussianFilter {
  const norms = filter(new Float32Array(count).fill(1), 1).map(
    (sum) => 1 / Math.sqrt(sum + leastNorm),
  );
  const scaleInPlace = (values: Float32Array, channels: number) => {
    for (let i = 0; i < values.length; i++) values[i]! *= norms[Math.floor(i / channels)]!;
    return values;
  };
  return (values, channels) =>
    scaleInPlace(filter(scaleInPlace(values.slice(), channels), channels), channels);
}

/**
 * Unary energies of labels that are right with probability `certainty`: -ln certainty for a pixel's own label,
 * -ln((1 - certainty) / (labelCount - 1)) for every other.
 *
 * `labels` is `[count]` of 0..labelCount - 1; the result is `[count, labelCount]`.
 */
export function unaryFromLabels(
  labels: ArrayLike<number>,
  { labelCount, certainty }: { readonly labelCount: number; readonly certainty: number },
): Float32Array {
  const other = -Math.log((1 - certainty) / (labelCount - 1));
  const energies = new Float32Array(labels.length * labelCount).fill(other);
  for (let i = 0; i < labels.length; i++)
    energies[i * labelCount + labels[i]!] = -Math.log(certainty);
  return energies;
}

type MeanFieldOptions = {
  readonly labelCount: number;
  readonly iterations: number;
  readonly terms: readonly PairwiseTerm[];
};

/**
 * The marginals Q after `iterations` parallel updates from Q0 = softmax(-U): Q = softmax(-U + sum_m w_m K_m Q).
 *
 * `unary` and the result are `[count, labelCount]`; rows of the result sum to 1. Filters must be normalized already.
 */
export function inferMeanField(
  unary: Float32Array,
  { labelCount, iterations, terms }: MeanFieldOptions,
): Float32Array {
  let marginals = softmaxRows(
    unary.map((energy) => -energy),
    labelCount,
  );
  for (let iteration = 0; iteration < iterations; iteration++) {
    const scores = unary.map((energy) => -energy);
    for (const { filter, weight } of terms) {
      const filtered = filter(marginals, labelCount);
      for (let i = 0; i < scores.length; i++) scores[i]! += weight * filtered[i]!;
    }
    marginals = softmaxRows(scores, labelCount);
  }
  return marginals;
}

function softmaxRows(scores: Float32Array, width: number): Float32Array {
  const shares = new Float32Array(scores.length);
  for (let start = 0; start < scores.length; start += width) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < width; c++) highest = Math.max(highest, scores[start + c]!);
    let total = 0;
    for (let c = 0; c < width; c++) total += Math.exp(scores[start + c]! - highest);
    for (let c = 0; c < width; c++)
      shares[start + c] = Math.exp(scores[start + c]! - highest) / total;
  }
  return shares;
}

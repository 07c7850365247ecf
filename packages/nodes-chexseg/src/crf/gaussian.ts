/** Gaussian filtering in a feature space: exactly, for small images and for tests of the lattice. */
import type { Features } from './features.ts';

/**
 * out_i = sum over j of exp(-|f_i - f_j|^2 / 2) * values_j, the self term included.
 *
 * `values` and the result are `[count, channels]`; the result is new.
 */
export type GaussianFilter = (values: Float32Array, channels: number) => Float32Array;

/** The exact filter: every pair of points, `count`^2 exponentials for each call. */
export function exactGaussian({ values: points, count, dimensions }: Features): GaussianFilter {
  const weightOf = (i: number, j: number): number => {
    let squared = 0;
    for (let d = 0; d < dimensions; d++) {
      const difference = points[i * dimensions + d]! - points[j * dimensions + d]!;
      squared += difference * difference;
    }
    return Math.exp(-squared / 2);
  };
  return (values, channels) => {
    const filtered = new Float32Array(values.length);
    const sums = new Float64Array(channels);
    for (let i = 0; i < count; i++) {
      sums.fill(0);
      for (let j = 0; j < count; j++) {
        const weight = weightOf(i, j);
        for (let c = 0; c < channels; c++) sums[c]! += weight * values[j * channels + c]!;
      }
      filtered.set(sums, i * channels);
    }
    return filtered;
  };
}

/** The dense CRF of IRNet's label step: binary labels, a smoothness and an appearance term (method.md b.4). */
import type { Size } from '@radiograph/kinds';
import { type AppearanceSpread, appearanceFeatures, positionFeatures } from './features.ts';
import { exactGaussian, type GaussianFilter } from './gaussian.ts';
import {
  inferMeanField,
  normalizeFilter,
  type PairwiseTerm,
  unaryFromLabels,
} from './mean-field.ts';
import { latticeGaussian } from './permutohedral.ts';

/** Settings of the CRF; `defaultCrf` has those of IRNet and CheXseg. */
export type CrfOptions = {
  /** Standard deviation of the smoothness term in pixels. */
  readonly smoothSpread: number;
  readonly smoothWeight: number;
  readonly appearanceSpread: AppearanceSpread;
  readonly appearanceWeight: number;
  /** How likely a given label is right. */
  readonly certainty: number;
  readonly iterations: number;
  /** `lattice` is linear in the pixels and approximate; `exact` quadratic. */
  readonly kernel: 'lattice' | 'exact';
};

/** What the released IRNet and CheXseg pass to the dense CRF (misc/imutils.py). */
export const defaultCrf: CrfOptions = {
  smoothSpread: 3,
  smoothWeight: 3,
  appearanceSpread: { position: 50, intensity: 5 },
  appearanceWeight: 10,
  certainty: 0.7,
  iterations: 10,
  kernel: 'lattice',
};

/** Marginal probabilities of the labels of one image. */
export type DenseCrf = {
  /** `labels` is `[H * W]` of 0..labelCount - 1; the result `[H * W, labelCount]`. */
  readonly infer: (labels: ArrayLike<number>, labelCount: number) => Float32Array;
};

/**
 * Prepares the CRF of one image; label maps of the same image share its lattices.
 *
 * `pixels` is `[H, W, channels]` of 0..255.
 * @see Kraehenbuehl and Koltun, "Efficient Inference in Fully Connected CRFs with Gaussian Edge Potentials", NIPS 2011.
 */
export function createDenseCrf(
  pixels: ArrayLike<number>,
  size: Size,
  options: CrfOptions,
): DenseCrf {
  const createFilter = options.kernel === 'lattice' ? latticeGaussian : exactGaussian;
  const count = size[0] * size[1];
  const normalized = (filter: GaussianFilter) => normalizeFilter(filter, count);
  const terms: readonly PairwiseTerm[] = [
    {
      filter: normalized(createFilter(positionFeatures(size, options.smoothSpread))),
      weight: options.smoothWeight,
    },
    {
      filter: normalized(createFilter(appearanceFeatures(pixels, size, options.appearanceSpread))),
      weight: options.appearanceWeight,
    },
  ];
  const { certainty, iterations } = options;
  return {
    infer: (labels, labelCount) =>
      inferMeanField(unaryFromLabels(labels, { labelCount, certainty }), {
        labelCount,
        iterations,
        terms,
      }),
  };
}

/** The likelier of two labels per pixel, 0 at a tie: `[H * W]` of 0 and 1 from marginals `[H * W, 2]`. */
export function chooseForeground(marginals: Float32Array): Uint8Array {
  return Uint8Array.from({ length: marginals.length / 2 }, (_, i) =>
    marginals[i * 2 + 1]! > marginals[i * 2]! ? 1 : 0,
  );
}

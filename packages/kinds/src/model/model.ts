import type { Size } from '../geometry/frame.ts';

/** A named weight tensor, row-major. */
export type WeightTensor = { readonly shape: readonly number[]; readonly data: Float32Array };

/** What a model does; a port may ask for one of these. */
export type ModelRole = 'classifier' | 'segmenter' | 'boundary';

/**
 * From pixels to inputs: `(pixel / maximum - mean) / std`, where maximum is 255 or 65535.
 *
 * A list has one entry per input channel: ImageNet files expect another scale in red, green and blue, also of a grey image.
 */
export type Normalization = {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
};

/** A trained network: weights by their PyTorch names and everything needed to run it again. */
export type Model = {
  readonly role: ModelRole;
  /** `family` and the numbers that rebuild the network; JSON only. */
  readonly architecture: Readonly<Record<string, unknown>> & { readonly family: string };
  readonly classes: readonly string[];
  readonly inputSize: Size;
  readonly normalization: Normalization;
  /** Decision threshold per class, where one was selected. */
  readonly thresholds: readonly number[] | null;
  readonly weights: ReadonlyMap<string, WeightTensor>;
};

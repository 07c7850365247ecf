/** Where the pixels of an image lie in the feature spaces of the dense CRF: by position, and by position and intensity. */
import type { Size } from '@radiograph/kinds';

/** Points of a feature space, `[count, dimensions]` row-major, each coordinate already divided by its standard deviation. */
export type Features = {
  readonly values: Float32Array;
  readonly count: number;
  readonly dimensions: number;
};

/** Position features (x / spread, y / spread) of every pixel: the smoothness term of the CRF. */
export function positionFeatures([height, width]: Size, spread: number): Features {
  const count = height * width;
  const values = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    values[i * 2] = (i % width) / spread;
    values[i * 2 + 1] = Math.floor(i / width) / spread;
  }
  return { values, count, dimensions: 2 };
}

/** How far apart two pixels may be, and how different, to count as alike. */
export type AppearanceSpread = {
  /** Standard deviation in pixels. */
  readonly position: number;
  /** Standard deviation in intensities of 0..255. */
  readonly intensity: number;
};

/**
 * Position and intensity features (x / s, y / s, c1 / t, c2 / t, ...): the appearance term of the CRF.
 *
 * `pixels` is `[height, width, channels]`, 0..255. A grey image repeated over three channels weighs its intensity three times, as
 * in the released code; with one channel it weighs once.
 */
export function appearanceFeatures(
  pixels: ArrayLike<number>,
  [height, width]: Size,
  spread: AppearanceSpread,
): Features {
  const count = height * width;
  const channels = pixels.length / count;
  const dimensions = 2 + channels;
  const values = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) {
    const start = i * dimensions;
    values[start] = (i % width) / spread.position;
    values[start + 1] = Math.floor(i / width) / spread.position;
    for (let c = 0; c < channels; c++)
      values[start + 2 + c] = pixels[i * channels + c]! / spread.intensity;
  }
  return { values, count, dimensions };
}

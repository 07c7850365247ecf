/** One image of a phantom: another window, another gamma, other noise. */

import type { Size } from '@radiograph/kinds';
import { createRandom, type Random } from '@radiograph/statistics';
import type { Phantom } from './phantoms.ts';
import type { PlannedImage } from './plan-images.ts';

/** Where and how an image shows its phantom. */
export type Variant = {
  readonly phantom: number;
  readonly top: number;
  readonly left: number;
  readonly gamma: number;
  /** Where the noise of this image begins in the table of noise. */
  readonly noise: number;
};

/** CheXpert-v1.0-small's size, height and width. */
export const smallSize: Size = [320, 390];

const tableLength = 2 ** 20;
const deviation = 2; // grey values; with it an image takes about 20 kB at quality 90

/** Draws what an image shows. Images of one study show the same chest, which also decides their labels. */
export function drawVariant(
  { file, study }: PlannedImage,
  phantoms: readonly Phantom[],
  seed: number,
): Variant {
  const phantom = createRandom(seed, 'chest', file.split('/')[0]!, study).integer(phantoms.length);
  const random = createRandom(seed, 'variant', file);
  const { height, width } = phantoms[phantom]!;
  return {
    phantom,
    top: random.integer(height - smallSize[0] + 1),
    left: random.integer(width - smallSize[1] + 1),
    gamma: 2 ** (0.6 * random.next() - 0.3),
    noise: random.integer(tableLength),
  };
}

/** Cuts the variant's window out of a plane of its phantom. */
export function cutWindow(plane: Uint8Array, width: number, { top, left }: Variant): Uint8Array {
  const window = new Uint8Array(smallSize[0] * smallSize[1]);
  for (let y = 0; y < smallSize[0]; y++) {
    const start = (top + y) * width + left;
    window.set(plane.subarray(start, start + smallSize[1]), y * smallSize[1]);
  }
  return window;
}

/** Noise is drawn once; drawing it anew for each of 223,414 images would take longer than all else. */
export function createNoise(seed: number): Int8Array {
  const random: Random = createRandom(seed, 'noise');
  return Int8Array.from({ length: tableLength }, () => Math.round(random.normal() * deviation));
}

/** Applies gamma and noise in place. */
export function expose(
  pixels: Uint8Array,
  { gamma, noise: start }: Variant,
  noise: Int8Array,
): void {
  const tone = Uint8Array.from({ length: 256 }, (_, v) => Math.round(255 * (v / 255) ** gamma));
  for (let i = 0; i < pixels.length; i++) {
    const value = tone[pixels[i]!]! + noise[(start + i) % tableLength]!;
    pixels[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

/** Small changes of a sample that leave its labels true (method.md b.7; the paper uses none). */
import type { Size } from '@radiograph/kinds';
import type { Random } from '@radiograph/statistics';
import { z } from 'zod';
import { sourcePixel, type Warp, warpPlane } from '../batches/warp.ts';

/** Parameters of a node that augments; all 0 = nothing is changed. */
export const augmentParams = {
  flip: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('augmentation: probability of a mirror image; anatomy has a side'),
  shift: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('augmentation: largest shift, as a share of the side'),
  zoom: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .describe('augmentation: largest change of size; 0.1 = 0.9 to 1.1'),
  rotate: z.number().min(0).max(180).default(0).describe('augmentation: largest turn in degrees'),
  gamma: z
    .number()
    .min(0)
    .max(3)
    .default(0)
    .describe('augmentation: largest change of gamma as a power of 2'),
  noise: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('augmentation: largest deviation of noise, as a share of white'),
};
export type AugmentOptions = {
  readonly [K in keyof typeof augmentParams]: number;
};

/** One drawn change: coordinates, gamma, and noise. */
export type Augmentation = {
  readonly warp: Warp;
  readonly gamma: number;
  readonly noise: number;
  readonly random: Random;
};

/** Whether these options change anything. */
export function augments(options: AugmentOptions): boolean {
  return Object.keys(augmentParams).some((name) => options[name as keyof AugmentOptions] > 0);
}

/** Draws a change; `random` also draws its noise. */
export function drawAugmentation(
  random: Random,
  [height, width]: Size,
  options: AugmentOptions,
): Augmentation {
  const between = (largest: number) => (2 * random.next() - 1) * largest;
  const angle = (between(options.rotate) * Math.PI) / 180;
  const scale = 1 / (1 + between(options.zoom));
  const mirror = random.next() < options.flip ? -1 : 1;
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  const linear = { a: mirror * cos, b: -sin, c: mirror * sin, d: cos };
  const [centerX, centerY] = [width / 2, height / 2];
  const warp = {
    ...linear,
    tx: centerX - linear.a * centerX - linear.b * centerY + between(options.shift) * width,
    ty: centerY - linear.c * centerX - linear.d * centerY + between(options.shift) * height,
  };
  return { warp, gamma: 2 ** between(options.gamma), noise: random.next() * options.noise, random };
}

/** A changed copy of pixels, 0..maximum, black around them. */
export function augmentPixels(
  pixels: ArrayLike<number>,
  { size, maximum }: { readonly size: Size; readonly maximum: number },
  { warp, gamma, noise, random }: Augmentation,
): Float32Array {
  const changed = new Float32Array(size[0] * size[1]);
  warpPlane({ data: pixels, size }, warp, { target: changed, offset: 0, fill: 0 });
  if (gamma === 1 && noise === 0) return changed;
  return changed.map((value) => {
    const bright = (value / maximum) ** gamma + (noise === 0 ? 0 : noise * random.normal());
    return Math.min(1, Math.max(0, bright)) * maximum;
  });
}

/** A changed copy of masks `[K, H * W]` of 0 and 1: nearest, background around them. */
export function augmentMasks(masks: Uint8Array, size: Size, { warp }: Augmentation): Uint8Array {
  const area = size[0] * size[1];
  const changed = new Uint8Array(masks.length);
  for (let i = 0; i < area; i++) {
    const source = sourcePixel(size, warp, [Math.floor(i / size[1]), i % size[1]]);
    if (source < 0) continue;
    for (let start = 0; start < masks.length; start += area)
      changed[start + i] = masks[start + source]!;
  }
  return changed;
}

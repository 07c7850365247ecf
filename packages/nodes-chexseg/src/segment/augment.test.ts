import { createRandom } from '@radiograph/statistics';
import { paintSquares } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { scheduleFactor } from '../train/schedule.ts';
import {
  type AugmentOptions,
  augmentMasks,
  augmentPixels,
  augments,
  drawAugmentation,
} from './augment.ts';
import { createPacker } from './pack-samples.ts';

const off: AugmentOptions = { flip: 0, shift: 0, zoom: 0, rotate: 0, gamma: 0, noise: 0 };
const size = [4, 6] as const;
const pixels = Float32Array.from({ length: 24 }, (_, i) => i * 10);
const masks = Uint8Array.from(pixels, (value) => (value % 40 === 0 ? 1 : 0));
const draw = (options: Partial<AugmentOptions>, seed = 1) =>
  drawAugmentation(createRandom(seed, 'test'), size, { ...off, ...options });
const change = (options: Partial<AugmentOptions>, seed = 1) =>
  augmentPixels(pixels, { size, maximum: 255 }, draw(options, seed));

test('[C58] nothing changes unless asked for', () => {
  expect(augments(off)).toBe(false);
  expect(augments({ ...off, noise: 0.1 })).toBe(true);
  expect(change({})).toEqual(pixels);
  expect(augmentMasks(masks, size, draw({}))).toEqual(masks);
});

test('[C58] a flip mirrors rows of pixels and masks alike', () => {
  const mirrored = <T extends Float32Array | Uint8Array>(values: T) =>
    values.map((_, i) => values[i - (i % 6) + 5 - (i % 6)]!);

  expect(change({ flip: 1 })).toEqual(mirrored(pixels));
  expect(augmentMasks(masks, size, draw({ flip: 1 }))).toEqual(mirrored(masks));
});

test('[C58] a turn keeps the center, and what it moves stays with its mask', () => {
  const square = [9, 9] as const;
  const bar = Float32Array.from({ length: 81 }, (_, i) => (Math.floor(i / 9) === 4 ? 255 : 0));
  const turned = drawAugmentation(createRandom(3, 'test'), square, { ...off, rotate: 90 });
  const seen = augmentPixels(bar, { size: square, maximum: 255 }, turned);
  const mask = augmentMasks(
    Uint8Array.from(bar, (v) => (v > 0 ? 1 : 0)),
    square,
    turned,
  );

  expect(seen[40]).toBeCloseTo(255, 3);
  expect(seen).not.toEqual(bar);
  for (const [i, value] of mask.entries()) if (value === 1) expect(seen[i]).toBeGreaterThan(100);
});

test('[C58] shift, zoom, gamma and noise stay within their range and differ from draw to draw', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { warp, gamma, noise } = draw({ shift: 0.1, zoom: 0.2, gamma: 0.5, noise: 0.05 }, seed);
    expect(warp.a).toBeGreaterThan(1 / 1.2 - 1e-6);
    expect(warp.a).toBeLessThan(1 / 0.8 + 1e-6);
    expect(Math.abs(warp.a * 3 + warp.b * 2 + warp.tx - 3)).toBeLessThanOrEqual(0.6);
    expect(gamma).toBeGreaterThan(2 ** -0.5);
    expect(gamma).toBeLessThan(2 ** 0.5);
    expect(noise).toBeLessThanOrEqual(0.05);
  }
  expect(change({ noise: 0.1 }, 1)).not.toEqual(change({ noise: 0.1 }, 2));
  for (const value of change({ noise: 1 })) expect(value >= 0 && value <= 255).toBe(true);
});

test('[C58] packed samples are those of the set unless augmented, and differ by epoch then', () => {
  const { images, masks } = paintSquares(2, 16);
  const samples = [{ set: { images, masks }, index: 0 }];
  const inputs = { channels: 1, mean: 0, std: 1 };
  const pack = (augment: AugmentOptions, epoch: number) =>
    createPacker(images, { classes: 1, inputs, augment })(samples, { seed: 1, epoch, first: 0 });

  expect(pack(off, 0)).toEqual(pack(off, 1));
  const shifted = { ...off, shift: 0.3 };
  expect(pack(shifted, 0)).toEqual(pack(shifted, 0));
  expect(pack(shifted, 0).target).not.toEqual(pack(shifted, 1).target);
  expect(pack(shifted, 0).weight).toEqual(pack(off, 0).weight);
});

test('[C58] schedules start at 1 and fall towards 0, unless constant', () => {
  expect([0, 5, 9].map((step) => scheduleFactor('constant', step, 10))).toEqual([1, 1, 1]);
  expect(scheduleFactor('poly', 5, 10)).toBeCloseTo(0.5 ** 0.9, 12);
  expect(scheduleFactor('cosine', 5, 10)).toBeCloseTo(0.5, 12);
  for (const schedule of ['poly', 'cosine'] as const) {
    expect(scheduleFactor(schedule, 0, 10)).toBe(1);
    expect(scheduleFactor(schedule, 9, 10)).toBeLessThan(0.2);
  }
});

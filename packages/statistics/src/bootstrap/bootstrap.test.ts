import { describe, expect, test } from 'vitest';
import { createRandom } from '../random/philox.ts';
import { bootstrapMeans } from './bootstrap-means.ts';
import { twoSidedP } from './interval.ts';

describe('bootstrapMeans', () => {
  test('[S2] takes elements int(0.025 B) - 1 and int(0.975 B) - 1 of the sorted replicates', () => {
    const iou = Array.from({ length: 30 }, (_, i) => [i / 30]);
    const { perClass, mean } = bootstrapMeans(iou, { replicates: 1000, seed: 3 });
    const random = createRandom(3, 'bootstrap');
    const means = Array.from(
      { length: 1000 },
      () => iou.reduce((sum) => sum + random.integer(30) / 30, 0) / 30,
    ).sort((a, b) => a - b);

    expect(perClass[0]!.lower).toBeCloseTo(means[24]!, 12);
    expect(perClass[0]!.upper).toBeCloseTo(means[974]!, 12);
    expect(mean).toEqual(perClass[0]);
    expect(perClass[0]!.mean).toBeCloseTo(means.reduce((a, b) => a + b, 0) / 1000, 12);
  });

  test('[S2] a class that is defined on some images only is left out of draws without them', () => {
    const { perClass } = bootstrapMeans(
      [
        [1, null],
        [1, 0.5],
      ],
      { replicates: 100, seed: 1 },
    );

    expect(perClass).toEqual([
      { mean: 1, lower: 1, upper: 1 },
      { mean: 0.5, lower: 0.5, upper: 0.5 },
    ]);
  });
});

test('[S3] p is twice the share of draws on the rarer side, never 0, and never below what the sign test of the pairs can show', () => {
  const draws = Array.from({ length: 999 }, (_, i) => (i < 9 ? -1 : 1));

  expect(twoSidedP(draws, 30)).toBe(20 / 1000);
  expect(twoSidedP(draws.map(Math.abs), 30)).toBe(2 / 1000);
  expect(twoSidedP(draws.map(Math.abs), 5)).toBe(1 / 16);
  expect(twoSidedP([0, 0, 0], 30)).toBe(1);
  expect(twoSidedP([null], 30)).toBeNull();
});

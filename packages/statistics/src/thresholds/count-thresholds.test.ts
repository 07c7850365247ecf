import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../random/philox.ts';
import { countThresholds, triedThresholds } from './count-thresholds.ts';

describe('countThresholds', () => {
  test('[S1] finds the threshold with the best dataset IoU, the lowest among equals, as counting one by one does', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = createRandom(seed, 'thresholds');
      const images = Array.from({ length: 3 }, () => ({
        // Multiples of 1/40 land exactly on every second threshold.
        probabilities: Float32Array.from({ length: 50 }, () => random.integer(41) / 40),
        truth: Uint8Array.from({ length: 50 }, () => random.integer(2)),
      }));
      const counts = countThresholds(1);
      for (const { probabilities, truth } of images) counts.add(0, probabilities, truth);

      const iouAt = (threshold: number) => {
        const pixels = images.flatMap(({ probabilities, truth }) =>
          [...truth].map((t, i) => [t === 1, probabilities[i]! > threshold] as const),
        );
        return pixels.filter(([t, p]) => t && p).length / pixels.filter(([t, p]) => t || p).length;
      };
      const best = triedThresholds.slice(1).reduce((a, b) => (iouAt(b) > iouAt(a) ? b : a));
      expect(counts.best()[0], `seed ${seed}`).toEqual({ iou: iouAt(best), threshold: best });
    }
  });

  test('[S1] agrees with the intersections and unions of the original program', () => {
    const {
      logits,
      target,
      thresholds: levels,
      intersection,
      union,
    } = JSON.parse(
      readFileSync(new URL('../../fixtures/dice_iou.json', import.meta.url), 'utf8'),
    ) as {
      logits: number[][][][];
      target: number[][][][];
      thresholds: number[];
      intersection: number[][];
      union: number[][];
    };
    const counts = countThresholds(3);
    logits.forEach((image, n) => {
      image.forEach((plane, k) => {
        counts.add(
          k,
          Float32Array.from(plane.flat(), (z) => 1 / (1 + Math.exp(-z))),
          Uint8Array.from(target[n]![k]!.flat()),
        );
      });
    });

    const ious = (k: number) => levels.map((_, j) => intersection[j]![k]! / union[j]![k]!).slice(1);
    const expected = [0, 1].map((k) => ({
      iou: Math.max(...ious(k)),
      threshold: (ious(k).indexOf(Math.max(...ious(k))) + 1) / 20,
    }));
    expect(counts.best().slice(0, 2)).toEqual(expected);
  });

  test('a class that never occurs has no IoU and keeps 0.5', () => {
    const counts = countThresholds(1);
    counts.add(0, Float32Array.of(0.9), Uint8Array.of(0));
    expect(counts.best()).toEqual([{ iou: null, threshold: 0.5 }]);
  });
});

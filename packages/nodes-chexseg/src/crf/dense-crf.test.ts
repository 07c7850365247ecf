import { readFileSync } from 'node:fs';
import { createRandom } from '@radiograph/statistics';
import { describe, expect, test } from 'vitest';
import { chooseForeground, createDenseCrf, defaultCrf } from './dense-crf.ts';
import { appearanceFeatures, positionFeatures } from './features.ts';
import { exactGaussian } from './gaussian.ts';
import { unaryFromLabels } from './mean-field.ts';
import { latticeGaussian } from './permutohedral.ts';

// Made by pydensecrf (lattice, float32) and by numpy over all pairs (bruteforce), printed to six digits: method.md b.4.
const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/dense_crf.json', import.meta.url), 'utf8'),
);
const size = [fixture.h, fixture.w] as const;
const rgb: number[] = fixture.rgb.flat(2);
const labels: number[] = fixture.labels.flat();

const maxDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

function foreground(kernel: 'lattice' | 'exact', iterations: number): number[] {
  const crf = createDenseCrf(rgb, size, { ...defaultCrf, kernel, iterations });
  return [...crf.infer(labels, 2).filter((_, i) => i % 2 === 1)];
}

describe('dense CRF', () => {
  test.each([1, 10])(
    '[C40] mean field over all pairs equals the reference after %i iterations',
    (iterations) => {
      const expected: number[] = fixture[`q_fg_iter${iterations}_bruteforce`].flat();

      expect(maxDifference(foreground('exact', iterations), expected)).toBeLessThan(2e-6);
    },
  );

  test.each([1, 10])(
    '[C41] mean field on the permutohedral lattice equals pydensecrf after %i iterations',
    (iterations) => {
      const expected: number[] = fixture[`q_fg_iter${iterations}_lattice`].flat();

      expect(maxDifference(foreground('lattice', iterations), expected)).toBeLessThan(2e-5);
    },
  );

  test('[C41] the labels of the lattice are those of pydensecrf', () => {
    const crf = createDenseCrf(rgb, size, defaultCrf);

    expect([...chooseForeground(crf.infer(labels, 2))]).toEqual(fixture.argmax10.flat());
  });

  test('[C42] unary energies follow the certainty of a label', () => {
    const unary = unaryFromLabels(labels, { labelCount: 2, certainty: fixture.gt_prob });
    const planes = [...unary.filter((_, i) => i % 2 === 0), ...unary.filter((_, i) => i % 2 === 1)];

    expect(maxDifference(planes, fixture.unary.flat())).toBeLessThan(1e-6);
    const three = unaryFromLabels([2], { labelCount: 3, certainty: 0.7 });
    expect([...three].map((energy) => Math.exp(-energy).toFixed(3))).toEqual([
      '0.150',
      '0.150',
      '0.700',
    ]);
  });
});

test('[C41] the lattice comes near the exact filter for random points, and both are linear', () => {
  for (let seed = 0; seed < 10; seed++) {
    const random = createRandom(seed, 'crf');
    const pixels = Float32Array.from({ length: 64 }, () => random.next() * 60);
    const values = Float32Array.from({ length: 64 }, () => random.next());
    const twice = values.map((value) => 2 * value);
    for (const features of [
      positionFeatures([8, 8], 3),
      appearanceFeatures(pixels, [8, 8], { position: 4, intensity: 20 }),
    ]) {
      const [exact, lattice] = [exactGaussian(features), latticeGaussian(features)];
      const total = (filtered: Float32Array) => filtered.reduce((a, b) => a + b, 0);
      const ratio = total(lattice(values, 1)) / total(exact(values, 1));
      expect(Math.abs(ratio - 1), `seed ${seed}`).toBeLessThan(0.25);
      expect(
        maxDifference(
          lattice(twice, 1),
          lattice(values, 1).map((v) => 2 * v),
        ),
      ).toBe(0);
      const pairs = Float32Array.from({ length: 128 }, (_, i) => (i % 2) + values[i >> 1]!);
      expect(
        maxDifference(
          lattice(pairs, 2).filter((_, i) => i % 2 === 0),
          lattice(values, 1),
        ),
        `seed ${seed}`,
      ).toBe(0);
    }
  }
});

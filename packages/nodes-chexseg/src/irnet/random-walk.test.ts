import { readFileSync } from 'node:fs';
import { createRandom } from '@radiograph/statistics';
import { describe, expect, test } from 'vitest';
import { buildAffinity, buildTransition, spreadSeeds } from './random-walk.ts';
import { applyPower, type SparseMatrix } from './sparse-matrix.ts';

// Made by propagate_to_edge of the released IRNet in PyTorch: method.md b.6.
const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/random_walk.json', import.meta.url), 'utf8'),
);
const size = [fixture.h, fixture.w] as const;
const edge = Float32Array.from(fixture.edge.flat());
const cam = Float32Array.from(fixture.cam.flat());

function densify({ size: side, starts, columns, values }: SparseMatrix): number[][] {
  return Array.from({ length: side }, (_, row) => {
    const dense: number[] = Array(side).fill(0);
    for (let k = starts[row]!; k < starts[row + 1]!; k++) dense[columns[k]!]! += values[k]!;
    return dense;
  });
}

const maxDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe('random walk', () => {
  test('[C44] affinities are 1 - the strongest boundary on the path, as in the released IRNet', () => {
    const dense = densify(buildAffinity(edge, size, fixture.radius));

    expect(maxDifference(dense.flat(), fixture.affinity_dense.flat())).toBeLessThan(1e-6);
  });

  test('[C44] transitions are affinities to the power beta, normalized by column', () => {
    const transition = densify(buildTransition(buildAffinity(edge, size, fixture.radius), 5));

    const row = transition.map((entries) => entries[0]!);
    expect(maxDifference(row, fixture.transition_beta5_row0)).toBeLessThan(1e-6);
    for (const entries of transition) expect(entries.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  test.each([
    { beta: 5, steps: 8, name: 'rw_beta5_exp3' },
    { beta: 10, steps: 256, name: 'rw_beta10_exp8' },
  ])(
    '[C45] $steps steps at beta $beta give the scores of the squared dense matrix',
    ({ beta, steps, name }) => {
      const options = { radius: fixture.radius, beta, steps };
      const [scores] = spreadSeeds([cam], { edge, size }, options);

      expect(maxDifference(scores!, fixture[name].flat())).toBeLessThan(steps * 1e-7 + 1e-6); // each product of the reference rounds to float32
    },
  );

  test('[C45] every seed walks alone, however many there are', () => {
    for (let seed = 0; seed < 5; seed++) {
      const random = createRandom(seed, 'walk');
      const noise = () => Float32Array.from(edge, () => random.next());
      const seeds = Array.from({ length: 1 + random.integer(9) }, noise);
      const grid = { edge: noise(), size };
      const options = { radius: 2 + random.integer(4), beta: 3, steps: 2 ** random.integer(9) };

      const together = spreadSeeds(seeds, grid, options);
      seeds.forEach((one, i) => {
        const [alone] = spreadSeeds([one], grid, options);
        expect(maxDifference(together[i]!, alone!), `seed ${seed}`).toBe(0);
      });
    }
  });

  test('[C45] a power by Chebyshev terms equals that many products', () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = createRandom(seed, 'power');
      const noise = Float32Array.from(edge, () => random.next() ** 3);
      const transition = buildTransition(buildAffinity(noise, size, 4), 4);
      const steps = 2 * (1 + random.integer(300));
      let walked: ArrayLike<number> = cam;
      for (let step = 0; step < steps; step++)
        [walked] = applyPower(transition, [walked], 1) as [Float64Array];

      const [direct] = applyPower(transition, [cam], steps);
      expect(maxDifference(direct!, walked), `seed ${seed}, ${steps} steps`).toBeLessThan(1e-8);
    }
  });

  test('[C45] nothing crosses a closed boundary, and a constant map stays as it is', () => {
    const walls = Float32Array.from({ length: 49 }, (_, i) => (i % 7 === 3 ? 1 : 0));
    const left = Float32Array.from({ length: 49 }, (_, i) => (i % 7 < 3 ? 1 : 0));
    const options = { radius: 5, beta: 10, steps: 256 };
    const [scores] = spreadSeeds([left], { edge: walls, size: [7, 7] }, options);

    scores!.forEach((score, i) => {
      expect(score).toBeCloseTo(i % 7 < 3 ? 1 : 0, 8);
    });
  });
});

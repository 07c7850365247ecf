import { describe, expect, test } from 'vitest';
import type { ImageScores } from './arm.ts';
import { compareArms } from './compare-arms.ts';
import { adjustHolm } from './holm.ts';

function scores(ids: string[], iou: (number | null)[][], classes = ['Edema', 'Mass']): ImageScores {
  return {
    classes,
    ids,
    dataset: { perClass: classes.map((_, k) => k / 4) },
    perImage: { iou },
    bootstrap: { replicates: 0, perClass: [], mean: null },
  };
}

const arm = (name: string, ...seeds: ImageScores[]) => ({
  name,
  seeds: seeds.map((one, seed) => ({ seed, scores: one })),
});

describe('compareArms', () => {
  test('[S4] means are over images, then seeds, then classes, of what all arms have', () => {
    const weak = arm(
      'weak',
      scores(
        ['x', 'y'],
        [
          [0.2, null],
          [0.4, 0.5],
        ],
      ),
      scores(['z'], [[0.1, 0.1]]),
    );
    const full = arm(
      'full',
      scores(
        ['y', 'x', 'w'],
        [
          [0.6, 0.5],
          [0.4, 0.7],
          [1, 1],
        ],
      ),
      scores(['z'], [[0.3, 0.3]]),
    );

    const { seeds, arms, pairs } = compareArms([weak, full], { replicates: 50 });

    expect(seeds).toEqual([0, 1]);
    // Edema: ((0.2 + 0.4) / 2 + 0.1) / 2; Mass: (0.5 + 0.1) / 2.
    expect(arms[0]!.perClass.map((one) => one!.mean)).toEqual([
      expect.closeTo(0.2, 12),
      expect.closeTo(0.3, 12),
    ]);
    expect(arms[0]!.mean!.mean).toBeCloseTo(0.25, 12);
    expect(arms[0]!.meanPerSeed).toEqual([expect.closeTo(0.4, 12), expect.closeTo(0.1, 12)]);
    expect(arms[0]!.dataset).toEqual({ perClass: [0, 0.25], mean: 0.125 });
    // full: Edema (0.5 + 0.3) / 2, Mass (0.6 + 0.3) / 2.
    expect(pairs[0]!.mean.difference!.mean).toBeCloseTo(0.425 - 0.25, 12);
    expect(pairs[0]!.perClass[0]!.difference!.mean).toBeCloseTo(0.2, 12);
  });

  test('[S5] draws are paired: a constant difference has an interval of no width', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const values = [0.1, 0.5, 0.2, 0.7];
    const iou = (plus: number) => values.map((value) => [value + plus, value + plus]);
    const { pairs, arms } = compareArms([
      arm('low', scores(ids, iou(0)), scores(ids, iou(0.1))),
      arm('high', scores(ids, iou(0.05)), scores(ids, iou(0.15))),
    ]);

    const { difference, p } = pairs[0]!.mean;
    expect(difference!.lower).toBeCloseTo(0.05, 9);
    expect(difference!.upper).toBeCloseTo(0.05, 9);
    expect(p).toBeCloseTo(2 ** -7, 9); // 8 pairs: no paired test can show more

    expect(arms[0]!.mean!.upper - arms[0]!.mean!.lower).toBeGreaterThan(0.2);
  });

  test('[S6] Holm multiplies the smallest p by the number of tests, and never turns the order round', () => {
    expect(adjustHolm([0.01, null, 0.04, 0.03, 0.9])).toEqual([0.04, null, 0.09, 0.09, 0.9]);
  });

  test('[S7] images come by disagreement', () => {
    const ids = ['same', 'other'];
    const { images } = compareArms([
      arm(
        'a',
        scores(ids, [
          [0.5, 0.5],
          [0.9, null],
        ]),
      ),
      arm(
        'b',
        scores(ids, [
          [0.5, 0.5],
          [0.3, 0.3],
        ]),
      ),
    ]);

    expect(images.map(({ id }) => id)).toEqual(['other', 'same']);
    expect(images[0]).toMatchObject({ seed: 0, iou: [0.9, 0.3] });
    expect(images[0]!.spread).toBeCloseTo(0.6, 12);
  });

  test('[S4] arms without a seed in common have nothing to compare', () => {
    const a = { name: 'a', seeds: [{ seed: 1, scores: scores(['x'], [[1, 1]]) }] };
    const b = { name: 'b', seeds: [{ seed: 2, scores: scores(['x'], [[1, 1]]) }] };

    expect(compareArms([a, b])).toMatchObject({
      seeds: [],
      images: [],
      pairs: [{ mean: { difference: null, p: null, adjustedP: null } }],
    });
  });

  test('[S8] an arm of one run has the interval that its evaluator drew, unless something was left out', () => {
    const evaluated = { mean: 0.4, lower: 0.25, upper: 0.5 };
    const one: ImageScores = {
      ...scores(
        ['x', 'y'],
        [
          [0.2, 0.4],
          [0.6, 0.4],
        ],
      ),
      bootstrap: { replicates: 9, perClass: [evaluated, null], mean: evaluated },
    };
    const other = scores(
      ['x', 'y'],
      [
        [0.3, 0.3],
        [0.3, 0.3],
      ],
    );
    const intervalOf = (against: ImageScores) =>
      compareArms([arm('one', one), arm('other', against)]).arms[0]!;

    expect(intervalOf(other).mean).toEqual({ mean: 0.4, lower: 0.25, upper: 0.5 });
    expect(intervalOf(other).perClass[1]).toEqual({ mean: 0.4, lower: 0.4, upper: 0.4 });
    const fewer = intervalOf(scores(['x'], [[0.3, 0.3]])).mean;
    expect(fewer!.mean).toBeCloseTo(0.3, 12);
    expect(fewer!.lower).toBe(fewer!.upper);
  });

  test('[S9] what not all arms have is left out and counted, and dataset IoU is then not given', () => {
    const a = arm(
      'a',
      scores(
        ['x', 'y'],
        [
          [0.2, 0.4],
          [0.6, 0.4],
        ],
      ),
      scores(['x'], [[1, 1]]),
    );
    const b = arm(
      'b',
      scores(
        ['y', 'z'],
        [
          [0.2, 0.4],
          [0.6, 0.4],
        ],
        ['Mass', 'Edema'],
      ),
    );
    const c = arm('c', scores(['y'], [[0.2]], ['Mass']));

    const { leftOut, arms } = compareArms([a, b, c]);

    expect(leftOut).toEqual({ classes: ['Edema'], seeds: [1], images: 2 });
    expect(arms[0]!.dataset).toEqual({ perClass: [null], mean: null });
    expect(arms.map(({ mean }) => mean!.mean)).toEqual([0.4, 0.2, 0.2]);
  });

  test('[S10] there are draws enough for Holm to reach 0.01 over all pairs and classes', () => {
    const ids = Array.from({ length: 12 }, (_, i) => String(i));
    const classes = Array.from({ length: 10 }, (_, k) => `class ${k}`);
    const of = (plus: number) =>
      scores(
        ids,
        ids.map(() => classes.map((_, k) => plus + k / 100)),
        classes,
      );
    const { replicates, pairs } = compareArms([
      arm('a', of(0)),
      arm('b', of(0.1)),
      arm('c', of(0.2)),
    ]);

    expect(replicates).toBe(6000);
    // 12 pairs allow 2^-11; 30 tests of it are above 0.01, three of the mean below.
    expect(pairs[0]!.mean.adjustedP).toBeCloseTo(3 * 2 ** -11, 12);
    expect(pairs[0]!.perClass[0]!.adjustedP).toBeCloseTo(30 * 2 ** -11, 12);
  });
});

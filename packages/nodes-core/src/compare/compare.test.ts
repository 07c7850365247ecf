import type { Scores, Table } from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { compareArms } from './compare-arms.ts';
import { compare } from './compare-node.ts';
import { explainComparison } from './compare-tables.ts';
import { adjustHolm } from './holm.ts';

function scores(ids: string[], iou: (number | null)[][], classes = ['Edema', 'Mass']): Scores {
  const nothing = { perClass: [], mean: null };
  return {
    classes,
    ids,
    thresholds: classes.map(() => 0.5),
    dataset: { perClass: classes.map((_, k) => k / 4), mean: 0.1 },
    perImage: { iou, ...nothing },
    bootstrap: { replicates: 0, ...nothing },
  };
}

const arm = (name: string, ...seeds: Scores[]) => ({
  name,
  seeds: seeds.map((one, seed) => ({ seed, scores: one })),
});

describe('compareArms', () => {
  test('[N30] means are over images, then seeds, then classes, of what all arms have', () => {
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

  test('[N31] draws are paired: a constant difference has an interval of no width', () => {
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
    expect(p).toBeCloseTo(2 / 1001, 9);
    expect(arms[0]!.mean!.upper - arms[0]!.mean!.lower).toBeGreaterThan(0.2);
  });

  test('[N32] Holm multiplies the smallest p by the number of tests, and never turns the order round', () => {
    expect(adjustHolm([0.01, null, 0.04, 0.03, 0.9])).toEqual([0.04, null, 0.09, 0.09, 0.9]);
  });

  test('[N33] images come by disagreement', () => {
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

  test('[N30] arms without a seed in common have nothing to compare', () => {
    const a = { name: 'a', seeds: [{ seed: 1, scores: scores(['x'], [[1, 1]]) }] };
    const b = { name: 'b', seeds: [{ seed: 2, scores: scores(['x'], [[1, 1]]) }] };

    expect(compareArms([a, b])).toMatchObject({
      seeds: [],
      images: [],
      pairs: [{ mean: { difference: null, p: null, adjustedP: null } }],
    });
  });
});

describe('core.compare', () => {
  const arms = [
    {
      label: 'weak',
      value: scores(
        ['x', 'y'],
        [
          [0.2, 0.2],
          [0.3, 0.3],
        ],
      ),
    },
    {
      label: 'weak',
      value: scores(
        ['x', 'y'],
        [
          [0.4, 0.4],
          [0.5, 0.5],
        ],
      ),
    },
  ];
  const run = async (inputs: typeof arms) =>
    (await compare.run({ scores: inputs }, compare.params.parse({}), createTestContext())) as {
      arms: Table;
      differences: Table;
      images: Table;
    };

  test('[N34] gives arms, differences with a verdict, and images as tables', async () => {
    const tables = await run(arms);

    expect(tables.arms.columns.slice(0, 5)).toEqual([
      'class',
      'weak',
      'weak low',
      'weak high',
      'weak 2',
    ]);
    expect(tables.arms.rows.at(-1)![0]).toBe('mean (mIoU)');
    const [a, b, name, difference] = tables.differences.rows[0]!;
    expect([a, b, name]).toEqual(['weak', 'weak 2', 'mean']);
    expect(difference).toBeCloseTo(0.2, 12);
    expect(tables.differences.rows[0]!.at(-1)).toBe('weak 2 better');
    expect(tables.images.rows).toHaveLength(2);
  });

  test('[N34] refuses a single arm, and arms without an image in common', async () => {
    await expect(run(arms.slice(0, 1))).rejects.toThrow('expected at least two arms, got 1');
    const strangers = [arms[0]!, { label: 'far', value: scores(['z'], [[1, 1]]) }];
    await expect(run(strangers)).rejects.toThrow('expected images that all arms were scored on');
  });

  test('[N35] the note says what was drawn and what was corrected', () => {
    const one = compareArms(arms.map(({ label, value }) => arm(label, value)));

    expect(explainComparison(one)).toContain(
      'One seed: nothing is said about how much training varies',
    );
    expect(explainComparison(one)).toContain(
      'over 1 comparison of the mean, and over 2 of single classes',
    );
  });
});

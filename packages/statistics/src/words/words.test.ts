import { describe, expect, test } from 'vitest';
import type { ImageScores } from '../compare/arm.ts';
import { compareArms } from '../compare/compare-arms.ts';
import { summarizeArms } from './conclude.ts';
import { findCurveAxis } from './curve-axis.ts';
import { explainComparison } from './explain.ts';
import { createNumberPrinter } from './numbers.ts';
import { describeSample, judgePair } from './verdict.ts';

const image = { seed: 1, iou: [], spread: 0 };
const nothing = {
  classes: [],
  seeds: [1],
  leftOut: { classes: [], seeds: [], images: 0 },
  replicates: 1000,
  images: [
    { ...image, id: 'a' },
    { ...image, id: 'b' },
  ],
};

function scores(ids: string[], iou: number): ImageScores {
  return {
    classes: ['Edema'],
    ids,
    perImage: { iou: ids.map(() => [iou]) },
    dataset: { perClass: [iou] },
    bootstrap: { replicates: 0, perClass: [], mean: null },
  };
}

describe('words', () => {
  test('[S14] a column of whole numbers stays whole; in others zero has its digits too', () => {
    expect([1, 20].map(createNumberPrinter([1, 20, null, 'x']))).toEqual(['1', '20']);
    expect([0, 0.5, -0.25, 0.0001, -1e-17].map(createNumberPrinter([0, 0.5]))).toEqual([
      '0.000',
      '0.500',
      '-0.250',
      '0.0001',
      '0.000',
    ]);
  });

  test('[S12] a numeric axis of three values makes a curve, per combination of the others', () => {
    const arms = ['a', 'b', 'c', 'd', 'e', 'f'];
    const values = new Map(
      arms.map((arm, i) => [arm, { mode: i < 3 ? 'x' : 'y', rho: String([0.9, 0.1, 0.5][i % 3]) }]),
    );

    expect(findCurveAxis(arms, values)).toEqual({
      name: 'rho',
      curves: [
        {
          name: 'mode=x',
          points: [
            { x: 0.1, arm: 'b' },
            { x: 0.5, arm: 'c' },
            { x: 0.9, arm: 'a' },
          ],
        },
        {
          name: 'mode=y',
          points: [
            { x: 0.1, arm: 'e' },
            { x: 0.5, arm: 'f' },
            { x: 0.9, arm: 'd' },
          ],
        },
      ],
    });
    expect(findCurveAxis(['a', 'b'], values)).toBeUndefined();
  });

  test('[S13] the best value of a numeric axis is said in words, with the difference to the values beside it', () => {
    const interval = (mean: number) => ({ mean, lower: mean - 0.01, upper: mean + 0.02 });
    const arms = [0.1, 0.5, 0.9].map((rho, i) => ({
      name: `rho=${rho}`,
      perClass: [],
      mean: interval([0.2, 0.3, 0.25][i]!),
      meanPerSeed: [],
      dataset: { perClass: [], mean: null },
    }));
    const pair = (a: number, b: number, mean: number) => ({
      a: `rho=${a}`,
      b: `rho=${b}`,
      mean: { name: 'mean', difference: interval(mean), p: 0.5, adjustedP: 0.5 },
      perClass: [],
    });
    const pairs = [pair(0.1, 0.5, 0.1), pair(0.5, 0.9, -0.05)];
    const values = new Map(arms.map(({ name }) => [name, { rho: name.slice(4) }]));
    const say = (list: typeof arms) =>
      summarizeArms({ ...nothing, arms: list, pairs }, values).find((line) =>
        line.startsWith('The best'),
      );

    expect(say(arms)).toBe(
      'The best rho is 0.5: mIoU 0.300 [0.290, 0.320]; 0.100 [0.090, 0.120] over 0.1, 0.050 [0.030, 0.060] over 0.9 (95 % interval of the paired difference; 2 images, one seed).',
    );
    expect(say([arms[0]!, { ...arms[1]!, mean: interval(0.1) }, arms[2]!])).toMatch(
      /^The best rho is 0\.9: .* It is an end of the axis: the best may lie beyond\.$/,
    );
  });

  test('[S11] what is shown to differ is told from what is not, the better arm first', () => {
    const interval = (mean: number) => ({ mean, lower: mean - 0.01, upper: mean + 0.01 });
    const arms = ['weak', 'full', 'semi'].map((name, i) => ({
      name,
      perClass: [],
      mean: interval([0.2, 0.5, 0.505][i]!),
      meanPerSeed: [],
      dataset: { perClass: [], mean: null },
    }));
    const pair = (a: string, b: string, mean: number, adjustedP: number) => ({
      a,
      b,
      mean: { name: 'mean', difference: interval(mean), p: adjustedP, adjustedP },
      perClass: [],
    });
    const pairs = [
      pair('full', 'weak', -0.3, 0.003),
      pair('weak', 'semi', 0.305, 0.004),
      pair('full', 'semi', 0.005, 0.4),
    ];

    expect(summarizeArms({ ...nothing, arms, pairs }).slice(1)).toEqual([
      'semi has the highest mIoU, but is not shown to be better than full (2 images, one seed).',
      'Shown to differ (paired, p < 0.05 after Holm): semi over weak by 0.305 [0.295, 0.315] (p 0.004); full over weak by 0.300 [0.290, 0.310] (p 0.003).',
      'Not shown to differ, which is no proof that they are equal: semi and full: 0.005 [-0.005, 0.015] (p 0.400).',
    ]);
    const tied = pairs.map(({ a, b }) => pair(a, b, 0.01, 0.9));
    expect(summarizeArms({ ...nothing, arms, pairs: tied })[1]).toBe(
      'semi has the highest mIoU, but is not shown to be better than any other arm (2 images, one seed).',
    );
  });

  test('[S15] a better arm is named only with the number of seeds that show it', () => {
    const shown = { difference: { mean: 0.1, lower: 0.05, upper: 0.2 }, adjustedP: 0.001 };
    const pair = { a: 'weak', b: 'semi' };

    expect(judgePair(pair, shown, 1)).toBe('semi better (one seed)');
    expect(judgePair(pair, shown, 3)).toBe('semi better');
    expect(judgePair(pair, { ...shown, adjustedP: 0.05 }, 3)).toBe('no difference shown');
    expect(judgePair(pair, { difference: null, adjustedP: null }, 1)).toBe('undefined');
    expect(describeSample({ images: 60, seeds: 2 })).toBe('30 images with each of 2 seeds');
    const arms = [0.2, 0.3].map((iou) => ({
      name: `iou ${iou}`,
      seeds: [
        {
          seed: 1,
          scores: scores(
            Array.from({ length: 9 }, (_, i) => String(i)),
            iou,
          ),
        },
      ],
    }));
    expect(summarizeArms(compareArms(arms))[1]).toBe(
      'iou 0.3 is better than every other arm (9 images, one seed).',
    );
  });

  test('[S16] the note says what was compared, what was left out, what was drawn and what was corrected', () => {
    const armOf = (name: string, ids: string[]) => ({
      name,
      seeds: [{ seed: 4, scores: scores(ids, 0.5) }],
    });
    const note = explainComparison(compareArms([armOf('a', ['x', 'y']), armOf('b', ['y'])]));

    expect(note).toContain('Compared: per-image IoU of 1 class on 1 image, one seed;');
    expect(note).toContain('Left out, because not every arm has them: 1 image.');
    expect(note).toContain('1000 draws of images, the same for all arms (paired).');
    expect(note).toContain('One seed: nothing is said about how much training varies');
    expect(note).toContain('over 1 comparison of the mean, and over 1 of single classes');
    expect(explainComparison(compareArms([armOf('a', ['x']), armOf('b', ['y'])]))).toBe(
      'The arms have no image, seed and class in common.',
    );
  });
});

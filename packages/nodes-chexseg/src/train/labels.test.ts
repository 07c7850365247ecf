import type { Labels, LabelValue } from '@radiograph/kinds';
import { describe, expect, test } from 'vitest';
import { auroc } from './auroc.ts';
import { chooseClasses, readTargets } from './class-targets.ts';
import { applyPolicy } from './label-policy.ts';

test('[C16] U-Ones, U-Zeros and U-Ignore decide uncertain labels, the blank policy blank ones', () => {
  const all: LabelValue[] = [1, 0, -1, null];
  const by = (uncertain: 'U-Ones' | 'U-Zeros' | 'U-Ignore', blank: 'zero' | 'ignore') =>
    all.map((label) => applyPolicy(label, { uncertain, blank }));

  expect(by('U-Ones', 'zero')).toEqual([1, 0, 1, 0]);
  expect(by('U-Zeros', 'ignore')).toEqual([1, 0, 0, null]);
  expect(by('U-Ignore', 'zero')).toEqual([1, 0, null, 0]);
});

test('targets follow the asked classes, with weight 0 where a label is left out', () => {
  const labels: Labels = {
    ids: ['a', 'b'],
    classes: ['x', 'y'],
    values: [
      [1, -1],
      [0, null],
    ],
  };
  const targets = readTargets(labels, ['y', 'x'], { uncertain: 'U-Ignore', blank: 'zero' });

  expect([...targets.values]).toEqual([0, 1, 0, 0]);
  expect([...targets.weights]).toEqual([0, 1, 1, 1]);
  expect(targets.at(0, 0)).toBeNull();
  expect(() => chooseClasses(labels, ['z'])).toThrow('classes: expected one of x, y, got z');
});

describe('auroc', () => {
  test('[C17] is the chance that a positive scores above a negative, ties counting half', () => {
    expect(auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).toBe(0.75);
    expect(auroc([0.5, 0.5, 0.2], [1, 0, 0])).toBe(0.75);
    expect(auroc([3, 2, 1], [1, null, 0])).toBe(1);
  });

  test('is undefined without both kinds', () => {
    expect(auroc([1, 2], [1, 1])).toBeNull();
    expect(auroc([], [])).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { compareToTruth, traceRoc } from './roc.ts';

const examples = (positive: readonly number[], negative: readonly number[]) => [
  ...positive.map((score) => ({ score, isPositive: true })),
  ...negative.map((score) => ({ score, isPositive: false })),
];

describe('the ROC curve', () => {
  test('has one point per distinct score; equal scores of both sides are one step', () => {
    expect(traceRoc(examples([0.9, 0.5], [0.5, 0.1]))).toEqual({
      positives: 2,
      negatives: 2,
      area: 0.875, // of four pairs three are in order and one is a tie
      points: [
        [0, 0],
        [0, 0.5],
        [0.5, 1],
        [1, 1],
      ],
    });
  });

  test('is undefined without a positive or a negative', () => {
    expect(traceRoc(examples([], [0.5]))).toMatchObject({ area: null, points: [] });
    expect(traceRoc([])).toMatchObject({ positives: 0, negatives: 0, area: null });
  });

  test('joins images by id and classes by name, and leaves uncertain and unknown ones out', () => {
    const saliency = {
      ids: ['a', 'b', 'c', 'd'],
      classes: ['Edema', 'Other'],
      grid: [1, 1],
      frame: [1, 1],
      frames: [],
      values: new Float32Array(8),
      probabilities: Float32Array.of(0.9, 0, 0.2, 0, 0.5, 0, 0.7, 0),
    } as const;
    const labels = {
      ids: ['d', 'b', 'a', 'c'],
      classes: ['Fracture', 'Edema'],
      values: [
        [null, -1],
        [null, 0],
        [null, 1],
        [null, null],
      ],
    } as const;

    const curves = compareToTruth(
      { kind: 'saliency', value: saliency },
      { kind: 'labels', value: labels },
    );

    expect(curves).toMatchObject([{ name: 'Edema', positives: 1, negatives: 1, area: 1 }]);
  });

  test('refuses kinds that have no probabilities', () => {
    const labels = { kind: 'labels', value: { ids: [], classes: [], values: [] } } as const;

    expect(() => compareToTruth(labels, labels)).toThrow(
      'expected an artifact with saliency maps or predictions, got labels',
    );
  });
});

import { encodeRle, identityFrame, type Masks, type Predictions } from '@radiograph/kinds';
import { curveThresholds } from '@radiograph/statistics';
import { expect, test } from 'vitest';
import { measureThresholds } from './threshold-curves.ts';

test('[W22] threshold curves count pixels strictly above each threshold, and average what is defined', () => {
  const frames = [identityFrame];
  const predictions: Predictions = {
    ids: ['a'],
    classes: ['x', 'y'],
    size: [2, 2],
    frames,
    thresholds: [0.5, 0.5],
    probabilities: Float32Array.of(0.9, 0.5, 0.3, 0.01, 0.3, 0, 0, 0),
  };
  const masks: Masks = {
    ids: ['a'],
    classes: ['y', 'x'],
    source: 'expert',
    sizes: [[2, 2]],
    frames,
    counts: [
      [encodeRle(Uint8Array.of(0, 0, 0, 0), 2, 2), encodeRle(Uint8Array.of(1, 1, 0, 0), 2, 2)],
    ],
  };

  const { iou, precision, recall, classes } = measureThresholds(predictions, masks);
  const at = (threshold: number) => curveThresholds.indexOf(threshold);

  // x: 0.9 and 0.5 are inside, 0.3 and 0.01 outside; y is empty and predicts 0.3.
  expect([iou, precision, recall].map((curve) => curve[at(0.2)])).toEqual([1 / 3, 1 / 3, 1]);
  expect([iou, precision, recall].map((curve) => curve[at(0.48)])).toEqual([1, 1, 1]);
  expect([iou, precision, recall].map((curve) => curve[at(0.5)])).toEqual([0.5, 1, 0.5]);
  expect(precision[at(0.9)]).toBeNull();
  // x predicts 0.9, 0.5 and 0.3 above 0.2, of which two are inside; y predicts one pixel, and none is inside.
  expect(classes.map(({ name, iou: own }) => [name, own[at(0.2)]])).toEqual([
    ['x', 2 / 3],
    ['y', 0],
  ]);
});

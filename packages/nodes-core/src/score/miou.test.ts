import {
  encodeRle,
  fitLetterbox,
  identityFrame,
  letterboxTransform,
  type Masks,
  type Predictions,
  type Scores,
  type Table,
} from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { miou } from './miou.ts';

const size = [2, 2] as const;
const rle = (...pixels: number[]) => encodeRle(Uint8Array.from(pixels), 2, 2);

/** Three images, classes x and y; probabilities row by row. */
const predictions: Predictions = {
  ids: ['a', 'b', 'c'],
  classes: ['x', 'y'],
  size,
  frames: [identityFrame, identityFrame, identityFrame],
  thresholds: [0.5, 0.25],
  probabilities: Float32Array.of(
    ...[0.9, 0.9, 0.5, 0.1], // a x: pixels 0 1 (0.5 is not above 0.5)
    ...[0, 0, 0, 0], // a y: nothing
    ...[0.6, 0, 0, 0], // b x: pixel 0
    ...[0.3, 0, 0, 0], // b y: pixel 0
    ...[0, 0, 0, 0], // c x: nothing
    ...[0, 0, 0.9, 0.9], // c y: pixels 2 3
  ),
};
const masks: Masks = {
  ids: ['c', 'b', 'a'],
  classes: ['y', 'x'],
  source: 'expert',
  sizes: [size, size, size],
  frames: [identityFrame, identityFrame, identityFrame],
  counts: [
    [rle(0, 0, 0, 1), rle(0, 0, 0, 0)], // c: y pixel 3, x empty
    [null, rle(0, 1, 0, 0)], // b: y not annotated, x pixel 1
    [rle(0, 0, 0, 0), rle(1, 1, 1, 0)], // a: y empty, x pixels 0 1 2
  ],
};

async function score(options: object = {}, truth = masks, predicted = predictions) {
  const params = miou.params.parse({ replicates: 200, ...options });
  return (await miou.run(
    { predictions: predicted, masks: truth },
    params,
    createTestContext(),
  )) as { scores: Scores; table: Table };
}

describe('core.miou', () => {
  test('[N13] dataset IoU sums intersections and unions over the set and divides once', async () => {
    const { scores } = await score();

    // x: (2 + 0 + 0) / (3 + 2 + 0); y: (0 + 1) / (0 + 2), b is not annotated.
    expect(scores.dataset).toEqual({ perClass: [2 / 5, 1 / 2], mean: 9 / 20 });
  });

  test('[N50] counted both leaves out images where prediction or truth is empty', async () => {
    const { scores } = await score({ counted: 'both', threshold: 0.55 });

    // a x: both have pixels; b x: both, no overlap; b y is not annotated; c y: both, one pixel of two.
    expect(scores.perImage.iou).toEqual([
      [2 / 3, null],
      [0, null],
      [null, 1 / 2],
    ]);
    const strict = await score({ counted: 'both', threshold: 0.95 });
    expect(strict.scores.perImage.iou.flat().every((value) => value === null)).toBe(true);
    expect((await score({ threshold: 0.95 })).scores.perImage.iou[0]).toEqual([0, null]);
  });

  test('[N14] per-image IoU leaves out images whose union is empty or that were not annotated', async () => {
    const { scores, table } = await score();

    expect(scores.perImage.iou).toEqual([
      [2 / 3, null],
      [0, null],
      [null, 1 / 2],
    ]);
    expect(scores.perImage.perClass).toEqual([1 / 3, 1 / 2]);
    expect(scores.perImage.mean).toBeCloseTo(5 / 12, 12);
    expect(table.rows.map((row) => [row[0], row[6]])).toEqual([
      ['x', 2],
      ['y', 1],
      ['mean (mIoU)', 3],
    ]);
  });

  test('[N15] a pixel is predicted strictly above its threshold; one threshold may stand for all', async () => {
    const { scores } = await score({ threshold: 0.05 });

    expect(scores.thresholds).toEqual([0.05, 0.05]);
    expect(scores.perImage.iou[0]).toEqual([3 / 4, null]);
  });

  test('[N16] a class without truth and prediction has no score and no part in the mean', async () => {
    const never = { ...masks, counts: masks.counts.map((row) => [rle(0, 0, 0, 0), row[1]!]) };
    const { scores, table } = await score({ threshold: 0.95 }, never);

    expect(scores.dataset.perClass).toEqual([0, null]);
    expect(scores.dataset.mean).toBe(0);
    expect(scores.bootstrap.perClass[1]).toBeNull();
    expect(table.rows[1]!.slice(2, 6)).toEqual([null, null, null, null]);
  });

  test('[N17] in original pixels the padding of the letterbox does not count', async () => {
    const originalSize = [4, 8] as const;
    const frame = letterboxTransform(originalSize, fitLetterbox(originalSize, [8, 8]));
    const mask = Uint8Array.from({ length: 32 }, (_, i) => (i % 8 < 4 ? 1 : 0));
    const truth: Masks = {
      ids: ['a'],
      classes: ['x'],
      source: 'expert',
      sizes: [originalSize],
      frames: [identityFrame],
      counts: [[encodeRle(mask, 4, 8)]],
    };
    // The left half of the frame, padding rows included.
    const probabilities = Float32Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 0.9 : 0.1));
    const predicted: Predictions = {
      ids: ['a'],
      classes: ['x'],
      size: [8, 8],
      frames: [frame],
      thresholds: [0.5],
      probabilities,
    };

    expect((await score({ frame: 'model' }, truth, predicted)).scores.dataset.mean).toBe(16 / 32);
    expect((await score({ frame: 'original' }, truth, predicted)).scores.dataset.mean).toBe(1);
  });

  test('names the classes and images without truth', async () => {
    await expect(score({}, { ...masks, classes: ['y', 'z'] })).rejects.toThrow(
      'masks: expected masks of x, got y, z',
    );
    await expect(score({}, masks, { ...predictions, ids: ['a', 'b', 'd'] })).rejects.toThrow(
      'got none for 1: d',
    );
  });
});

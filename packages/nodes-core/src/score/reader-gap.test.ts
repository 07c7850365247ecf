import { encodeRle, identityFrame, type Masks, type Scores, type Table } from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { readerGap } from './reader-gap.ts';

const size = [1, 4] as const;
/** Each of two images four times: fewer could show no difference. */
const eight = Array.from({ length: 8 }, (_, i) => 'ab'[i % 2]! + Math.floor(i / 2));
const fourTimes = <T>(list: readonly T[]): T[] => Array.from({ length: 4 }, () => list).flat();
const rle = (...pixels: number[]) => encodeRle(Uint8Array.from(pixels), 1, 4);

function masksOf(source: Masks['source'], counts: Masks['counts'], ids = eight): Masks {
  const frames = ids.map(() => identityFrame);
  return { ids, classes: ['x'], source, sizes: ids.map(() => size), frames, counts };
}

const truth = masksOf('expert', fourTimes([[rle(1, 1, 0, 0)], [rle(1, 1, 1, 1)]]));
const reader1 = masksOf('human', fourTimes([[rle(1, 1, 0, 0)], [rle(1, 1, 0, 0)]])); // IoU 1 and 1/2
const reader2 = masksOf('human', fourTimes([[rle(1, 0, 0, 0)], [rle(1, 1, 1, 0)]])); // IoU 1/2 and 3/4
const nobody = masksOf('human', [], []);

/** A model with these per-image IoUs of class x. */
function modelOf(...iou: number[]): Scores {
  const mean = iou.reduce((a, b) => a + b, 0) / iou.length;
  const both = { perClass: [mean], mean };
  return {
    classes: ['x'],
    ids: eight,
    thresholds: [0.5],
    dataset: both,
    perImage: { iou: fourTimes(iou.map((value) => [value])), ...both },
    bootstrap: { replicates: 0, perClass: [null], mean: null },
  };
}

async function gap(scores: Scores, readers: readonly Masks[], options: object = {}) {
  const params = readerGap.params.parse({ replicates: 200, ...options });
  const inputs = { scores, masks: truth, reader1: readers[0]!, reader2: readers[1] };
  return (await readerGap.run(inputs, params, createTestContext())) as {
    table: Table;
    readers: Scores;
  };
}

describe('core.reader-gap', () => {
  test('[N51] the gap is (readers - model) / readers of class means', async () => {
    const { table, readers } = await gap(modelOf(0.5, 0.25), [reader1]);

    expect(readers.perImage.iou).toEqual(fourTimes([[1], [0.5]]));
    expect(table.rows.map((row) => row.slice(0, 4))).toEqual([
      ['x', 0.375, 0.75, 0.5],
      ['mean', 0.375, 0.75, 0.5],
    ]);
    // Every draw has the same gap here: the model reaches half of the readers' IoU in both images.
    expect(table.rows[0]!.slice(4)).toEqual([0.5, 0.5, 'readers closer']);
  });

  test('[N51] draws are shared: a model equal to its readers has no gap in any draw', async () => {
    const { table } = await gap(modelOf(1, 0.5), [reader1]);

    expect(table.rows[0]!.slice(3)).toEqual([0, 0, 0, 'no difference shown']);
  });

  test('[N51] a model that is ahead of its readers has a gap below zero', async () => {
    const { table } = await gap(modelOf(1, 1), [reader2]);

    expect(table.rows[1]![3]).toBeCloseTo((0.625 - 1) / 0.625, 12);
    expect(table.rows[1]![6]).toBe('model closer');
  });

  test('[N52] two readers count as one whose IoU is the mean of theirs', async () => {
    const { readers } = await gap(modelOf(0, 0), [reader1, reader2]);

    expect(readers.perImage.iou).toEqual(fourTimes([[0.75], [0.625]]));
    expect(readers.dataset.perClass).toEqual([(2 + 2 + 1 + 3) / (2 + 4 + 2 + 4)]);
  });

  test('[N52] a reader without images does not count, and none at all is an error', async () => {
    const { readers } = await gap(modelOf(0, 0), [reader1, nobody]);

    expect(readers.perImage.iou).toEqual(fourTimes([[1], [0.5]]));
    await expect(gap(modelOf(0, 0), [nobody])).rejects.toThrow(
      'reader1: expected masks of at least one reader, got none',
    );
  });

  test('[N51] readers who lack a class or an image are named', async () => {
    const other = { ...reader1, classes: ['y'] };

    await expect(gap(modelOf(0, 0), [other])).rejects.toThrow('expected human masks of x, got y');
    await expect(
      gap(modelOf(0, 0), [masksOf('human', [[rle(1, 0, 0, 0)]], ['a0'])]),
    ).rejects.toThrow('expected an entry for each of 8 images, got none for 7');
  });
});

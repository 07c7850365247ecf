import {
  encodeRle,
  identityFrame,
  type Masks,
  resizeBilinear,
  type Saliency,
  type Table,
} from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { hitRate } from './hit-rate.ts';
import { findPeak } from './peak.ts';

/** Two images of 4 x 4 with maps of 2 x 2, class x. */
const saliency: Saliency = {
  ids: ['a', 'b', 'c'],
  classes: ['x'],
  grid: [2, 2],
  frame: [4, 4],
  frames: [identityFrame, identityFrame, identityFrame],
  values: Float32Array.of(...[9, 0, 0, 0], ...[0, 0, 0, 9], ...[1, 1, 1, 1]),
  probabilities: Float32Array.of(1, 1, 1),
};
const square = (top: number, left: number) =>
  encodeRle(
    Uint8Array.from({ length: 16 }, (_, i) =>
      Math.floor(i / 8) === top && Math.floor((i % 4) / 2) === left ? 1 : 0,
    ),
    4,
    4,
  );
const masks: Masks = {
  ids: ['a', 'b', 'c'],
  classes: ['x'],
  source: 'expert',
  sizes: [
    [4, 4],
    [4, 4],
    [4, 4],
  ],
  frames: [identityFrame, identityFrame, identityFrame],
  counts: [[square(0, 0)], [square(0, 1)], [encodeRle(new Uint8Array(16), 4, 4)]],
};

async function rate(points?: Table, truth = masks): Promise<Table> {
  const params = hitRate.params.parse({ replicates: 100 });
  const { table } = await hitRate.run(
    { saliency, masks: truth, points },
    params,
    createTestContext(),
  );
  return table as Table;
}

describe('core.hit-rate', () => {
  test('[N53] a peak inside the mask is a hit, outside a miss, and an empty mask does not count', async () => {
    const { rows } = await rate();

    expect(rows).toEqual([
      ['x', 0.5, 0, 1, 2],
      ['mean', 0.5, 0, 1, 3],
    ]);
  });

  test('[N53] the peak is the first maximum of the upsampled map', () => {
    const random = createRandom(3, 'maps');
    for (let round = 0; round < 20; round++) {
      const grid = [2 + random.integer(4), 2 + random.integer(4)] as const;
      const size = [5 + random.integer(30), 5 + random.integer(30)] as const;
      const values = Float32Array.from({ length: grid[0] * grid[1] }, () => random.next());
      const map = resizeBilinear({ data: values, size: grid }, size);

      const peak = findPeak(
        { values, grid, size, frame: identityFrame },
        { size, frame: identityFrame },
      );

      expect(map[peak]).toBeCloseTo(Math.max(...map), 6);
      expect([...map].findIndex((value) => value >= map[peak]! - 1e-7)).toBe(peak);
    }
  });

  test('[N53] a map of a letterboxed frame is looked up in the original pixels', () => {
    // A frame of 4 x 4 holds an original of 2 x 8 in its middle rows, halved.
    const frame = { scaleX: 2, scaleY: 2, offsetX: 0, offsetY: -3 };
    const values = Float32Array.from({ length: 16 }, (_, i) => (i === 4 + 3 ? 1 : 0));
    const pixels = { size: [2, 8], frame: identityFrame } as const;

    const peak = findPeak({ values, grid: [4, 4], size: [4, 4], frame }, pixels);

    expect([Math.floor(peak / 8), peak % 8]).toEqual([0, 7]);
  });

  test('[N54] readers hit with the share of their points that lie in the mask', async () => {
    const columns = ['image', 'finding', 'x', 'y'];
    const rows = [
      ['a', 'x', 0, 0],
      ['a', 'x', 3, 3],
      ['b', 'x', 2, 1],
      ['b', 'y', 0, 0],
      ['c', 'x', 0, 0],
    ];
    const { rows: got, columns: heads } = await rate({ title: 'points', columns, rows });

    expect(heads.slice(5)).toEqual([
      'readers: hit rate',
      'readers: 95 % low',
      'readers: 95 % high',
      'readers: images',
    ]);
    expect(got[0]!.slice(5)).toEqual([0.75, 0.5, 1, 2]);
  });

  test('[N54] points without a column are an error that names it', async () => {
    const points = { title: 'points', columns: ['image', 'finding', 'x'], rows: [['a', 'x', 0]] };

    await expect(rate(points)).rejects.toThrow(
      'points: expected a column y, got image, finding, x',
    );
  });

  test('[N53] masks of none of the classes are an error', async () => {
    await expect(rate(undefined, { ...masks, classes: ['z'] })).rejects.toThrow(
      'masks: expected masks of x, got z',
    );
  });
});

import type { Figure, Predictions } from '@radiograph/kinds';
import { createTestContext, paintSquares } from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawText } from './font.ts';
import { montage } from './montage.ts';

const { images, masks } = paintSquares(6, 32);
const predictions: Predictions = {
  ids: images.ids,
  classes: ['square'],
  size: [32, 32],
  frames: images.frames,
  thresholds: [0.5],
  probabilities: new Float32Array(6 * 32 * 32).fill(0.9),
};

async function draw(options: object, wired: object = {}): Promise<Figure> {
  const inputs = {
    images,
    masks,
    predictions: [{ label: 'my net', value: predictions }],
    ...wired,
  };
  const { figure } = await montage.run(
    inputs,
    montage.params.parse({ cell: 64, ...options }),
    createTestContext(),
  );
  return figure as Figure;
}

describe('core.montage', () => {
  test('[N19] has a row per image and a column for picture, truth and each prediction', async () => {
    const figure = await draw({ count: 2 });
    const { data, info } = await sharp(figure.png).raw().toBuffer({ resolveWithObject: true });

    expect([info.width, info.height]).toEqual([figure.width, figure.height]);
    expect(figure.caption).toBe('2 of 6 images; columns: radiograph, expert masks, my net');
    // Left of the picture column is grey, in the truth column the contour is in the class's color, the whole prediction is tinted.
    const isColored = (x: number) => {
      let colored = 0;
      for (let y = 0; y < info.height; y++) {
        const [r = 0, , b = 0] = data.subarray(
          (y * info.width + x) * 3,
          (y * info.width + x) * 3 + 3,
        );
        if (Math.abs(r - b) > 12) colored++;
      }
      return colored;
    };
    const columns = [0, 1, 2].map((c) =>
      Math.max(...Array.from({ length: 64 }, (_, x) => isColored(6 + c * 70 + x))),
    );
    expect(columns[0]).toBeLessThan(40);
    expect(columns[2]).toBeGreaterThan(100);
  });

  test('shows images with the most findings first', async () => {
    const one = await draw({ count: 3, classes: ['square'] });
    expect(one.caption).toMatch(/^3 of 6/);
  });

  test('names classes it does not know and predictions of another frame', async () => {
    await expect(draw({ classes: ['circle'] })).rejects.toThrow(
      'classes: expected some of square, got circle',
    );
    const other = [{ label: 'other', value: { ...predictions, size: [16, 16] } }];
    await expect(draw({}, { predictions: other })).rejects.toThrow(
      "other: expected predictions of 32x32, the images' frame, got 16x16",
    );
  });
});

test('text is drawn from left to right, seven pixels high; unknown characters are boxes', () => {
  const lit: [number, number][] = [];
  drawText('I~', 1, (x, y) => lit.push([x, y]));

  expect(lit.filter(([x]) => x < 6)).toHaveLength(11);
  expect(Math.max(...lit.map(([x]) => x))).toBe(10);
  expect(Math.max(...lit.map(([, y]) => y))).toBe(6);
});

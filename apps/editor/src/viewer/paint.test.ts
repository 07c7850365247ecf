import { describe, expect, test } from 'vitest';
import {
  agreementColors,
  dragWindow,
  fullWindow,
  paintDisagreement,
  paintFill,
  paintGray,
  paintHeat,
  paintOutline,
} from './paint.ts';

const image = { height: 1, width: 3, bitDepth: 8, pixels: Uint8Array.of(50, 101, 150) } as const;
const reds = (rgba: Uint8ClampedArray) => [...rgba].filter((_, i) => i % 4 === 0);
const black = (pixels: number) => new Uint8ClampedArray(pixels * 4);

describe('the window', () => {
  test('goes from the darkest to the brightest pixel, and maps them to black and white', () => {
    expect(fullWindow(image)).toEqual({ low: 50, high: 150 });
    expect(reds(paintGray(image, { low: 50, high: 150 }, false))).toEqual([0, 130, 255]);
    expect(reds(paintGray(image, { low: 50, high: 150 }, true))).toEqual([255, 125, 0]);
    expect(reds(paintGray(image, { low: 101, high: 110 }, false))).toEqual([0, 0, 255]);
  });

  test('stays a window for an image of one grey', () => {
    expect(fullWindow({ ...image, pixels: Uint8Array.of(7, 7, 7) })).toEqual({ low: 7, high: 8 });
  });

  test('widens to the right and rises downwards; it never closes', () => {
    const window = { low: 100, high: 200 };
    expect(dragWindow(window, [0.1, 0], 200)).toEqual({ low: 90, high: 210 });
    expect(dragWindow(window, [0, 0.5], 200)).toEqual({ low: 200, high: 300 });
    expect(dragWindow(window, [-5, 0], 200)).toEqual({ low: 149.5, high: 150.5 });
  });
});

describe('overlays', () => {
  test('a filled mask blends with what lies below, by its opacity', () => {
    const rgba = black(2);
    paintFill(rgba, Uint8Array.of(0, 1), [200, 100, 50], 0.5);
    expect([...rgba]).toEqual([0, 0, 0, 0, 100, 50, 25, 0]);
  });

  test('an outline is the border of the mask, also at the edge of the image', () => {
    const rgba = black(25);
    paintOutline(rgba, new Uint8Array(25).fill(1), { width: 5, color: [9, 0, 0] });
    const inner = [6, 7, 8, 11, 12, 13, 16, 17, 18];
    expect(reds(rgba)).toEqual(Array.from({ length: 25 }, (_, i) => (inner.includes(i) ? 0 : 9)));
  });

  test('a map keeps its grid: each cell covers its share of the image', () => {
    const rgba = black(4);
    paintHeat(rgba, { height: 1, width: 4 }, { height: 1, width: 2, values: [0, 1] }, 1);
    expect(reds(rgba)).toEqual([0, 0, 255, 255]);
  });

  test('a disagreement map tells missed from extra pixels, and counts them', () => {
    const rgba = black(4);
    const counts = paintDisagreement(rgba, {
      truth: Uint8Array.of(1, 1, 0, 0),
      other: Uint8Array.of(1, 0, 1, 0),
      opacity: 1,
    });
    expect(counts).toEqual({ both: 1, missed: 1, extra: 1 });
    const { both, missed, extra } = agreementColors;
    expect(reds(rgba)).toEqual([both[0], missed[0], extra[0], 0]);
  });
});

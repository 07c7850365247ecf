import { expect, test } from 'vitest';
import { fitLetterbox, letterboxTransform } from './frame.ts';

test('[R4] the longer side fills the frame, the shorter is truncated, the smaller half of the padding comes first', () => {
  expect(fitLetterbox([2320, 2828], [320, 320])).toEqual({
    height: 262,
    width: 320,
    top: 29,
    left: 0,
  });
  expect(fitLetterbox([7, 4], [10, 11])).toEqual({ height: 10, width: 5, top: 0, left: 3 });
  expect(fitLetterbox([320, 320], [320, 320])).toEqual({
    height: 320,
    width: 320,
    top: 0,
    left: 0,
  });
  expect(fitLetterbox([1, 5000], [32, 32])).toMatchObject({ height: 1, width: 32 });
});

test('[R5] the transform leads the corners of the inner box to the corners of the original', () => {
  for (const size of [
    [2320, 2828],
    [7, 4],
    [512, 512],
  ] as const) {
    const box = fitLetterbox(size, [320, 320]);
    const { scaleX, scaleY, offsetX, offsetY } = letterboxTransform(size, box);
    expect(scaleX * box.left + offsetX).toBeCloseTo(0, 9);
    expect(scaleY * box.top + offsetY).toBeCloseTo(0, 9);
    expect(scaleX * (box.left + box.width) + offsetX).toBeCloseTo(size[1], 6);
    expect(scaleY * (box.top + box.height) + offsetY).toBeCloseTo(size[0], 6);
  }
});

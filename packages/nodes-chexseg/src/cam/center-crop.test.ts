import {
  encodeRle,
  fitLetterbox,
  frameOf,
  type Images,
  identityFrame,
  letterboxTransform,
  maskInFrame,
} from '@radiograph/kinds';
import { expect, test } from 'vitest';
import { centerCrop, stretchFrames } from './center-crop.ts';

const original = [40, 80] as const;
const size = [32, 32] as const;
const box = fitLetterbox(original, size);
/** The middle square of the radiograph is bright: columns 20 to 59 of 80, in the frame 8 to 23. */
const images: Images = {
  ids: ['a'],
  patientIds: ['a'],
  originalSizes: [original],
  frames: [letterboxTransform(original, box)],
  height: 32,
  width: 32,
  bitDepth: 8,
  rows: [0],
  pixels: Uint8Array.from({ length: 1024 }, (_, i) => {
    const [x, y] = [i % 32, Math.floor(i / 32)];
    return y >= box.top && y < box.top + box.height && x >= 8 && x < 24 ? 200 : 0;
  }),
};

test('[C90] the crop is the middle square, its masks come back to it, and truth is cut to it', () => {
  const crop = centerCrop(images);
  expect(crop.pixels.every((pixel) => pixel === 200)).toBe(true);

  // A mask of the left half of the crop: columns 20 to 39 of the radiograph, 8 to 15 of the frame.
  const half = Uint8Array.from({ length: 1024 }, (_, i) => (i % 32 < 16 ? 1 : 0));
  const drawn = { counts: encodeRle(half, 32, 32), size };
  const columnsOf = (mask: Uint8Array) =>
    [
      ...new Set(
        Array.from(mask.keys())
          .filter((i) => mask[i] === 1)
          .map((i) => i % 32),
      ),
    ].sort((a, b) => a - b);
  const target = frameOf(images, 0);
  expect(columnsOf(maskInFrame({ ...drawn, frame: crop.frames[0]! }, target))).toEqual([
    8, 9, 10, 11, 12, 13, 14, 15,
  ]);
  const stretched = stretchFrames(crop).frames[0]!;
  expect(columnsOf(maskInFrame({ ...drawn, frame: stretched }, target))).toEqual(
    Array.from({ length: 16 }, (_, x) => x),
  );

  // The right half of the radiograph, seen in the crop.
  const right = Uint8Array.from({ length: 3200 }, (_, i) => (i % 80 >= 40 ? 1 : 0));
  const truth = { counts: encodeRle(right, 40, 80), size: original, frame: identityFrame };
  expect(columnsOf(maskInFrame(truth, frameOf(crop, 0)))).toEqual(
    Array.from({ length: 16 }, (_, x) => x + 16),
  );
});

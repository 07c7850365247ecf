import type { Images } from '@radiograph/kinds';
import { expect, test } from 'vitest';
import { previewSample } from './preview-sample.ts';

test('a preview shows the class of the largest probability above one half, and every second pixel of a large image', () => {
  const images = imagesOf(3, 1, [0, 128, 255]);
  const two = Float32Array.of(0.6, 0.2, 0.5, /* second class */ 0.7, 0.4, 0.5);
  expect(previewSample(images, 0, two)).toEqual({
    id: 'a',
    width: 3,
    height: 1,
    pixels: Uint8Array.of(0, 128, 255),
    classes: Uint8Array.of(2, 0, 0),
  });

  const large = imagesOf(
    192,
    2,
    Array.from({ length: 384 }, (_, i) => i % 2),
  );
  const none = previewSample(large, 0, new Float32Array(384));
  expect([none.width, none.height, none.pixels.every((value) => value === 0)]).toEqual([
    96,
    1,
    true,
  ]);
});

const imagesOf = (width: number, height: number, pixels: readonly number[]): Images => ({
  ids: ['a'],
  patientIds: ['a'],
  originalSizes: [],
  frames: [],
  width,
  height,
  bitDepth: 8,
  rows: [0],
  pixels: Uint8Array.from(pixels),
});

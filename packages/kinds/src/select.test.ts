import { expect, test } from 'vitest';
import { identityFrame } from './geometry/frame.ts';
import type { Images } from './images/images.ts';
import type { Labels } from './labels/labels.ts';
import type { Masks } from './masks/masks.ts';
import { labelsFor, masksFor, maximumPixel, pixelsOf, selectImages } from './select.ts';

const ids = ['a', 'b', 'c'];
const images: Images = {
  ids,
  patientIds: ['p', 'p', 'q'],
  originalSizes: ids.map(() => [1, 2] as const),
  frames: ids.map(() => identityFrame),
  height: 1,
  width: 2,
  bitDepth: 8,
  rows: [0, 1, 2],
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
};

test('[R9] a selection shares the pixels and reads its own rows, also of a selection', () => {
  const last = selectImages(
    selectImages(images, (i) => i > 0),
    (i) => i === 1,
  );

  expect(last).toMatchObject({ ids: ['c'], patientIds: ['q'], rows: [2] });
  expect(last.pixels).toBe(images.pixels);
  expect([...pixelsOf(last, 0)]).toEqual([5, 6]);
  expect([maximumPixel(images), maximumPixel({ ...images, bitDepth: 16 })]).toEqual([255, 65535]);
});

test('[R10] labels and masks are joined by id, and every id without one is named', () => {
  const labels: Labels = { ids: ['b', 'a'], classes: ['x'], values: [[1], [0]] };
  const masks: Masks = {
    ids: ['b', 'a'],
    classes: ['x'],
    source: 'expert',
    sizes: [
      [1, 2],
      [1, 2],
    ],
    frames: [identityFrame, identityFrame],
    counts: [['2'], ['11']],
  };

  expect(labelsFor(labels, ['a', 'b']).values).toEqual([[0], [1]]);
  expect(masksFor(masks, ['a']).counts).toEqual([['11']]);
  expect(() => labelsFor(labels, ids)).toThrow(
    'labels: expected an entry for each of 3 images, got none for 1: c',
  );
  expect(() => masksFor(masks, ['c', 'd'])).toThrow('got none for 2: c, d');
});

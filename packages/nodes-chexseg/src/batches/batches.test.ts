import { selectImages } from '@radiograph/kinds';
import { paintSquares } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { assertSides, orderedBatches, packInputs, padBatch, shuffledBatches } from './batches.ts';

test('[C18] inputs are (pixel / 255 - mean) / std, grey repeated over the channels; 16 bit divides by 65535', () => {
  const { images } = paintSquares(3, 16);
  const small = {
    ...images,
    pixels: Uint8Array.from(images.pixels, (_, i) => (i % 2 === 0 ? 255 : 0)),
  };
  const packed = packInputs(small, [2], { channels: 3, mean: 0.5, std: 0.25 });
  const deep = {
    ...images,
    bitDepth: 16 as const,
    pixels: Uint16Array.from(small.pixels, (v) => v * 257),
  };

  expect(packed.length).toBe(3 * 256);
  expect([packed[0], packed[1], packed[256], packed[513]]).toEqual([2, -2, 2, -2]);
  expect(packInputs(deep, [2], { channels: 3, mean: 0.5, std: 0.25 })).toEqual(packed);
});

test('a subset reads its own rows of the shared pixels', () => {
  const { images } = paintSquares(4, 16);
  const subset = selectImages(images, (i) => i === 3);

  const options = { channels: 1, mean: 0, std: 1 };
  expect(packInputs(subset, [0], options)).toEqual(packInputs(images, [3], options));
  expect(subset.pixels).toBe(images.pixels);
});

test('batches cover every index once; a last batch of one is left out of training only', () => {
  expect(orderedBatches(5, 2)).toEqual([[0, 1], [2, 3], [4]]);
  expect(shuffledBatches(5, 2, { seed: 1, epoch: 0 }).flat()).toHaveLength(4);
  const six = shuffledBatches(6, 4, { seed: 1, epoch: 0 });
  expect(six.map(({ length }) => length)).toEqual([4, 2]);
  expect(six.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(padBatch([7, 8], 4)).toEqual([7, 8, 8, 8]);
});

test('a side that the network cannot halve is refused with what would do', () => {
  expect(() => assertSides({ height: 48, width: 40 }, 16, 'a net')).toThrow(
    'images: expected sides that are multiples of 16 for a net, got 48x40',
  );
});

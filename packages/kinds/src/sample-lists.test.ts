import type { PortValues, SampleKind } from '@radiograph/graph';
import { describe, expect, test } from 'vitest';
import { identityFrame } from './geometry/frame.ts';
import './port-values.ts';
import { isSampleKind, sampleLists } from './sample-lists.ts';

const ids = ['a', 'b', 'c'];
const frames = ids.map(() => identityFrame);
const values: { readonly [K in SampleKind]: PortValues[K] } = {
  images: {
    ids,
    patientIds: ids,
    originalSizes: ids.map(() => [1, 2] as const),
    frames,
    height: 1,
    width: 2,
    bitDepth: 16,
    rows: [0, 1, 2],
    pixels: Uint16Array.of(1, 2, 3, 4, 5, 6),
  },
  labels: { ids, classes: ['Edema'], values: [[1], [0], [null]] },
  masks: {
    ids,
    classes: ['Edema'],
    source: 'pseudo',
    sizes: ids.map(() => [1, 2] as const),
    frames,
    counts: [['11'], [null], ['02']],
  },
  saliency: {
    ids,
    classes: ['Edema'],
    grid: [1, 2],
    frame: [4, 8],
    frames,
    values: Float32Array.of(1, 2, 3, 4, 5, 6),
    probabilities: Float32Array.of(0.1, 0.2, 0.3),
  },
  predictions: {
    ids,
    classes: ['Edema'],
    size: [1, 2],
    frames,
    thresholds: [0.5],
    probabilities: Float32Array.of(1, 2, 3, 4, 5, 6),
  },
};

describe('sampleLists', () => {
  test.each(Object.keys(values) as SampleKind[])(
    '[R11] %s that were cut along their samples come back whole when they are joined',
    (kind) => {
      const { slice, join } = sampleLists[kind];
      const whole = values[kind] as never;

      const head = slice(whole, [0, 1]);
      expect(head.ids).toEqual(['a']);
      expect(join([head, slice(whole, [1, 3])] as never)).toEqual(whole);
    },
  );

  test('[R11] pixels that every part packed for itself are packed together', () => {
    const { images } = sampleLists;
    const alone = (id: string, pixels: number[]) => ({
      ...images.slice(values.images, [0, 1]),
      ids: [id],
      rows: [0],
      pixels: Uint16Array.from(pixels),
    });

    const joined = images.join([alone('a', [1, 2]), alone('b', [1, 2]), alone('c', [5, 6])]);
    expect(joined.rows).toEqual([0, 1, 2]);
    expect([...joined.pixels]).toEqual([1, 2, 1, 2, 5, 6]);
  });

  test('[R11] a slice has the numbers of its own samples; other kinds cannot be cut', () => {
    const { saliency, images } = sampleLists;

    expect([...saliency.slice(values.saliency, [1, 2]).values]).toEqual([3, 4]);
    expect(images.slice(values.images, [2, 3]).pixels).toBe(values.images.pixels);
    expect(['images', 'model', 'scores'].map((kind) => isSampleKind(kind as never))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

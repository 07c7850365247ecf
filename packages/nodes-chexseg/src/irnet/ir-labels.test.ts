import {
  decodeRle,
  fitLetterbox,
  type Images,
  identityFrame,
  type Labels,
  letterboxTransform,
  type Masks,
  type Saliency,
} from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { irLabels } from './ir-labels.ts';

/** One 16 x 16 radiograph: a bright disc on dark ground, in a map that only roughly knows where it is. */
const size = 16;
const isDisc = (i: number) => (Math.floor(i / size) - 8) ** 2 + ((i % size) - 8) ** 2 < 20;
const images: Images = {
  ids: ['a'],
  patientIds: ['a'],
  originalSizes: [[size, size]],
  frames: [identityFrame],
  height: size,
  width: size,
  bitDepth: 8,
  rows: [0],
  pixels: Uint8Array.from({ length: size * size }, (_, i) => (isDisc(i) ? 200 : 40)),
};
const saliency: Saliency = {
  ids: ['a'],
  classes: ['disc', 'nothing'],
  grid: [4, 4],
  frame: [size, size],
  frames: [identityFrame],
  values: Float32Array.of(
    ...[0, 0, 0, 0, 0, 0.3, 0.3, 0, 0, 0.3, 0.3, 0, 0, 0, 0, 0],
    ...new Array(16).fill(0),
  ),
  probabilities: Float32Array.of(0.9, 0.9),
};

type Both = { foreground: Masks; background: Masks };
async function label(
  options: object,
  wires: { images?: Images; labels?: Labels; saliency?: Saliency } = {},
) {
  const inputs = { saliency, images, labels: undefined, ...wires };
  const result = await irLabels.run(inputs, irLabels.params.parse(options), createTestContext());
  return result as Both;
}
const areaOf = (mask: Uint8Array) => mask.reduce((a, b) => a + b, 0);
const decode = (counts: string) => decodeRle(counts, size, size);

test('[C48] foreground and background are disjoint, and the CRF pulls both to the edges of the radiograph', async () => {
  const { foreground, background } = await label({ foregroundThreshold: 0.6 });
  const [fg, bg] = [decode(foreground.counts[0]![0]!), decode(background.counts[0]![0]!)];

  expect(areaOf(fg)).toBeGreaterThan(20);
  expect(areaOf(bg)).toBeGreaterThan(80);
  expect(fg.some((value, i) => value === 1 && (bg[i] === 1 || !isDisc(i)))).toBe(false);
  const plain = await label({ crf: 'none', foregroundThreshold: 0.6 });
  expect(areaOf(decode(plain.foreground.counts[0]![0]!))).not.toBe(areaOf(fg));
});

test('[C49] a map of nothing is left out, and `emptyMap` makes the whole image foreground as the released code does', async () => {
  const { foreground, background } = await label({});
  expect([foreground.counts[0]![1], background.counts[0]![1]]).toEqual([null, null]);

  const faulty = await label({ emptyMap: 'everything' });
  expect(areaOf(decode(faulty.foreground.counts[0]![1]!))).toBe(size * size);
});

test('[C49] a gate leaves out findings that are not there; without one every map gives foreground', async () => {
  const labels: Labels = { ids: ['a'], classes: ['disc', 'nothing'], values: [[0, 0]] };
  const gated = await label({ gate: 'labels' }, { labels });
  expect(gated.foreground.counts[0]).toEqual([null, null]);

  const open = await label({ gate: 'none' }, { labels });
  expect(open.foreground.counts[0]![0]).not.toBeNull();
  expect(irLabels.requires(new Set(['saliency']), irLabels.params.parse({ gate: 'labels' }))).toBe(
    'expected a wire into labels, because gate is "labels", got none',
  );
});

test('[C49] [C90] padding is neither foreground nor background unless `padding` says so', async () => {
  const original = [size / 2, size] as const;
  const frames = [letterboxTransform(original, fitLetterbox(original, [size, size]))];
  const wide = {
    images: { ...images, originalSizes: [original], frames },
    saliency: { ...saliency, frames },
  };
  const corner = async (padding: string) =>
    decode((await label({ crf: 'none', padding }, wide)).background.counts[0]![0]!)[0];

  expect(await corner('unknown')).toBe(0);
  expect(await corner('background')).toBe(1);
  await expect(label({}, { images: wide.images })).rejects.toThrow(
    "saliency: expected maps in the images' frames, got one that lies elsewhere on a",
  );
});

test('names an image without a map, and frames that differ', async () => {
  await expect(label({}, { images: { ...images, ids: ['b'] } })).rejects.toThrow(
    'saliency: expected maps of every image, got none for b',
  );
  await expect(label({}, { images: { ...images, height: 8, width: 32 } })).rejects.toThrow(
    "expected frames of 16x16, the maps', got 8x32",
  );
});

/** What IRNet sees of an image in one step: a rescaled crop and its labels at stride 4 (method.md b.5). */
import {
  frameOf,
  type Images,
  type Masks,
  maskInFrame,
  masksFor,
  maximumPixel,
  pixelsOf,
  type Size,
} from '@radiograph/kinds';
import type { Random } from '@radiograph/statistics';
import type { InputOptions } from '../batches/batches.ts';
import { sourcePixel, type Warp, warpPlane } from '../batches/warp.ts';
import type { PixelLabels } from './pair-labels.ts';

/** Images with their confident labels, in the images' order. */
export type BoundarySet = {
  readonly images: Images;
  readonly foreground: Masks;
  readonly background: Masks;
};

/** Joins by id. @throws a data error for an image without labels. */
export function joinLabels(images: Images, foreground: Masks, background: Masks): BoundarySet {
  return {
    images,
    foreground: masksFor(foreground, images.ids),
    background: masksFor(background, images.ids),
  };
}

export type CropOptions = {
  readonly scaleRange: readonly [number, number];
  /** Probability of a horizontal flip. */
  readonly flip: number;
};

/** Draws the rescaling and the place of a crop as large as the frame; a smaller image is placed inside it. */
export function drawCrop(
  random: Random,
  [height, width]: Size,
  { scaleRange, flip }: CropOptions,
): Warp {
  const scale = scaleRange[0] + random.next() * (scaleRange[1] - scaleRange[0]);
  const place = (side: number) => {
    const slack = side * scale - side; // above 0: the crop moves in the image; below: the image in the crop
    return Math.round(random.next() * Math.abs(slack)) * Math.sign(slack);
  };
  const [left, top] = [place(width), place(height)];
  const mirrored = random.next() < flip;
  const sign = mirrored ? -1 : 1;
  const columns = mirrored ? width + left : left;
  return { a: sign / scale, b: 0, c: 0, d: 1 / scale, tx: columns / scale, ty: top / scale };
}

/** Writes the crop of an image, normalized, into a slot of a batch; around the image it is 0, the mean. */
export function writeCrop(
  packed: Float32Array,
  { images, index, slot, warp }: { images: Images; index: number; slot: number; warp: Warp },
  { channels, mean, std }: InputOptions,
): void {
  const size: Size = [images.height, images.width];
  const area = size[0] * size[1];
  const maximum = maximumPixel(images);
  for (let channel = 0; channel < channels; channel++) {
    const [m, s] = [channelOf(mean, channel), channelOf(std, channel)];
    const offset = (slot * channels + channel) * area;
    warpPlane({ data: pixelsOf(images, index), size }, warp, {
      target: packed,
      offset,
      fill: m * maximum,
    });
    for (let i = offset; i < offset + area; i++) packed[i] = (packed[i]! / maximum - m) / s;
  }
}

const channelOf = (values: number | readonly number[], channel: number): number =>
  typeof values === 'number' ? values : values[channel]!;

/** What surrounds an image that is smaller than its crop. */
export type CropPadding = 'unknown' | 'background';

/** The labels of every fourth pixel of a crop, one bit per class. */
export function cropLabels(
  labels: ImageLabels,
  size: Size,
  warp: Warp,
  padding: CropPadding,
): PixelLabels {
  const [rows, columns] = [Math.ceil(size[0] / 4), Math.ceil(size[1] / 4)];
  const cropped = {
    foreground: new Uint16Array(rows * columns),
    background: new Uint16Array(rows * columns),
  };
  for (let i = 0; i < rows * columns; i++) {
    const source = sourcePixel(size, warp, [Math.floor(i / columns) * 4, (i % columns) * 4]);
    cropped.foreground[i] = source < 0 ? 0 : labels.foreground[source]!;
    if (source >= 0) cropped.background[i] = labels.background[source]!;
    else if (padding === 'background') cropped.background[i] = labels.known;
  }
  return cropped;
}

/** The labels of one image, a bit per class and pixel, and the bits of the classes that are labeled at all. */
export type ImageLabels = PixelLabels & { readonly known: number };

/** Decodes the labels of each image once. */
export function createImageLabels({
  images,
  foreground,
  background,
}: BoundarySet): (index: number) => ImageLabels {
  const decoded: (ImageLabels | undefined)[] = [];
  return (index) => {
    decoded[index] ??= {
      foreground: packBits(images, foreground, index),
      background: packBits(images, background, index),
      known: foreground.counts[index]!.reduce(
        (bits, rle, k) => (rle === null ? bits : bits | (1 << k)),
        0,
      ),
    };
    return decoded[index];
  };
}

function packBits(images: Images, masks: Masks, index: number): Uint16Array {
  const bits = new Uint16Array(images.height * images.width);
  const stored = { size: masks.sizes[index]!, frame: masks.frames[index]! };
  for (const [k, counts] of masks.counts[index]!.entries()) {
    if (counts === null) continue;
    const mask = maskInFrame({ counts, ...stored }, frameOf(images, index));
    for (let i = 0; i < bits.length; i++) if (mask[i] === 1) bits[i]! |= 1 << k;
  }
  return bits;
}

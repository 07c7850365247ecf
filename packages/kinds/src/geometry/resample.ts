/** Bilinear resizing as OpenCV and PyTorch do it (half-pixel centers, no antialiasing), and masks in another frame. */
import { dataError } from '@radiograph/graph';
import type { Images } from '../images/images.ts';
import { type FrameTransform, fitLetterbox, letterboxTransform, type Size } from './frame.ts';
import { decodeRle } from './rle.ts';

/** Row-major numbers of one channel. */
export type Plane = { readonly data: ArrayLike<number>; readonly size: Size };

/** Resizes a plane: sample position `(i + 0.5) * from / to - 0.5`, clamped to the edges (cv2 INTER_LINEAR; torch align_corners=False). */
export function resizeBilinear({ data, size }: Plane, [height, width]: Size): Float32Array {
  const resized = new Float32Array(height * width);
  const rows = sampleAxis(size[0], height);
  const columns = sampleAxis(size[1], width);
  for (let y = 0; y < height; y++) {
    const { low, high, weight } = rows[y]!;
    for (let x = 0; x < width; x++) {
      const column = columns[x]!;
      const top = blend(data, low * size[1], column);
      const bottom = blend(data, high * size[1], column);
      resized[y * width + x] = top + (bottom - top) * weight;
    }
  }
  return resized;
}

/**
 * Resizes 8-bit pixels as OpenCV's INTER_LINEAR does, to the bit: weights of 11 bits, and rows cut to quarters before they are added.
 *
 * The cut matters for masks of 0 and 1: a pixel covered by 0.6 may come out 0 (method.md b.8 uses this resize for masks too).
 */
export function resizeBytes({ data, size }: Plane, [height, width]: Size): Uint8Array {
  const resized = new Uint8Array(height * width);
  const rows = fixedAxis(size[0], height);
  const columns = fixedAxis(size[1], width);
  // A row of the source lies under several of the result, one after another: the last two are kept.
  let upper = { row: -1, values: new Int32Array(width) };
  let lower = { row: -1, values: new Int32Array(width) };
  for (let y = 0; y < height; y++) {
    const [low, high] = [rows.low[y]!, rows.high[y]!];
    if (lower.row === low) [upper, lower] = [lower, upper];
    if (upper.row !== low) blendRow(data, low * size[1], { columns, into: upper.values });
    upper.row = low;
    if (lower.row !== high) blendRow(data, high * size[1], { columns, into: lower.values });
    lower.row = high;
    blendRows(upper.values, lower.values, {
      into: resized.subarray(y * width, (y + 1) * width),
      weights: [rows.lowWeight[y]!, rows.highWeight[y]!],
    });
  }
  return resized;
}

/** For each place of the result the two of the source that it lies between, and their weights of 11 bits. */
type FixedAxis = {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly lowWeight: Int32Array;
  readonly highWeight: Int32Array;
};

function fixedAxis(from: number, to: number): FixedAxis {
  const samples = sampleAxis(from, to);
  return {
    low: Int32Array.from(samples, ({ low }) => low),
    high: Int32Array.from(samples, ({ high }) => high),
    lowWeight: Int32Array.from(samples, ({ weight }) => Math.round((1 - weight) * 2048)),
    highWeight: Int32Array.from(samples, ({ weight }) => Math.round(weight * 2048)),
  };
}

type BlendRow = { readonly columns: FixedAxis; readonly into: Int32Array };

/** One row of the source at the columns of the result, times 2048 and cut by 4 bits. */
function blendRow(data: ArrayLike<number>, start: number, { columns, into }: BlendRow): void {
  const { low, high, lowWeight, highWeight } = columns;
  for (let x = 0; x < into.length; x++)
    into[x] =
      (data[start + low[x]!]! * lowWeight[x]! + data[start + high[x]!]! * highWeight[x]!) >> 4;
}

type BlendRows = {
  readonly into: Uint8Array;
  readonly weights: readonly [upper: number, lower: number];
};

function blendRows(
  top: Int32Array,
  bottom: Int32Array,
  { into, weights: [upper, lower] }: BlendRows,
): void {
  for (let x = 0; x < into.length; x++)
    into[x] = (((upper * top[x]!) >> 16) + ((lower * bottom[x]!) >> 16) + 2) >> 2;
}

type Sample = { readonly low: number; readonly high: number; readonly weight: number };

function sampleAxis(from: number, to: number): Sample[] {
  return Array.from({ length: to }, (_, i) => {
    const position = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const low = Math.floor(position);
    return { low, high: Math.min(from - 1, low + 1), weight: position - low };
  });
}

function blend(data: ArrayLike<number>, start: number, { low, high, weight }: Sample): number {
  const left = data[start + low]!;
  return left + (data[start + high]! - left) * weight;
}

/** The frame a mask is wanted in: packed size and the transform to the original pixels. */
export type TargetFrame = {
  readonly size: Size;
  readonly frame: FrameTransform;
  readonly originalSize: Size;
};

/** The frame of image `index`. */
export function frameOf(images: Images, index: number): TargetFrame {
  return {
    size: [images.height, images.width],
    frame: images.frames[index]!,
    originalSize: images.originalSizes[index]!,
  };
}

/** A mask as stored: its run lengths, its size, and the transform to the original pixels. */
export type StoredMask = {
  readonly counts: string;
  readonly size: Size;
  readonly frame: FrameTransform;
};

/**
 * Brings a mask into another frame: 0 or 1 per pixel, row-major.
 *
 * A mask in original pixels goes through the letterbox exactly as its image did: `resizeBytes` to the inner size, zero padding
 * (method.md b.8). Any other pair of frames is sampled at the pixel centers through the original.
 * @throws a data error for a mask in original pixels of another size than the image's original: one of them is of another copy.
 */
export function maskInFrame(mask: StoredMask, target: TargetFrame): Uint8Array {
  const decoded = decodeRle(mask.counts, mask.size[0], mask.size[1]);
  if (sameSize(mask.size, target.size) && sameFrame(mask.frame, target.frame)) return decoded;
  if (isOriginal(mask, target.originalSize))
    return isLetterbox(target) ? letterboxMask(decoded, target) : sampleMask(decoded, mask, target);
  if (isIdentity(mask.frame))
    throw dataError(
      'masks',
      `expected masks of the original ${target.originalSize.join('x')} pixels, got ${mask.size.join('x')}: they were drawn on another copy of the image`,
    );
  return sampleMask(decoded, mask, target);
}

/** Whether two transforms lead to the same pixels. */
export function sameFrame(one: FrameTransform, other: FrameTransform): boolean {
  const keys = ['scaleX', 'scaleY', 'offsetX', 'offsetY'] as const;
  return keys.every((key) => Math.abs(one[key] - other[key]) < 1e-9);
}

const sameSize = (one: Size, other: Size) => one[0] === other[0] && one[1] === other[1];

function isLetterbox({ size, frame, originalSize }: TargetFrame): boolean {
  return sameFrame(frame, letterboxTransform(originalSize, fitLetterbox(originalSize, size)));
}

function isOriginal({ size, frame }: StoredMask, original: Size): boolean {
  return size[0] === original[0] && size[1] === original[1] && isIdentity(frame);
}

function isIdentity({ scaleX, scaleY, offsetX, offsetY }: FrameTransform): boolean {
  return scaleX === 1 && scaleY === 1 && offsetX === 0 && offsetY === 0;
}

function letterboxMask(decoded: Uint8Array, { size, originalSize }: TargetFrame): Uint8Array {
  const box = fitLetterbox(originalSize, size);
  const inner = resizeBytes({ data: decoded, size: originalSize }, [box.height, box.width]);
  const placed = new Uint8Array(size[0] * size[1]);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      if (inner[y * box.width + x]! > 0) placed[(y + box.top) * size[1] + x + box.left] = 1;
    }
  }
  return placed;
}

function sampleMask(
  decoded: Uint8Array,
  mask: StoredMask,
  { size, frame }: TargetFrame,
): Uint8Array {
  const sampled = new Uint8Array(size[0] * size[1]);
  const [height, width] = mask.size;
  for (let y = 0; y < size[0]; y++) {
    const originalY = frame.scaleY * (y + 0.5) + frame.offsetY;
    const row = Math.floor((originalY - mask.frame.offsetY) / mask.frame.scaleY);
    if (row < 0 || row >= height) continue;
    for (let x = 0; x < size[1]; x++) {
      const originalX = frame.scaleX * (x + 0.5) + frame.offsetX;
      const column = Math.floor((originalX - mask.frame.offsetX) / mask.frame.scaleX);
      if (column >= 0 && column < width) sampled[y * size[1] + x] = decoded[row * width + column]!;
    }
  }
  return sampled;
}

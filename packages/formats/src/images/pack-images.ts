/** Image files -> `Images`: each is decoded, letterboxed into the frame at once, and let go. */
import { dataError, type Problem, RadiographError } from '@radiograph/graph';
import { fitLetterbox, type Images, letterboxTransform, type Size } from '@radiograph/kinds';
import { letterboxImage } from './letterbox-image.ts';
import type { GreyImage } from './read-image.ts';

/** An image that is to be loaded. */
export type ImageItem = {
  readonly id: string;
  readonly patientId: string;
  /** Names the file in errors. */
  readonly path: string;
  readonly read: () => Promise<GreyImage>;
  /**
   * The size of the original radiograph where the file is a smaller copy of it (CheXpert-v1.0-small); masks in original
   * pixels then fit. Default: the file is the original.
   */
  readonly originalSize?: Size;
};

export type PackOptions = {
  /** Side of the square frame. */
  readonly size: number;
  readonly bitDepth: 8 | 16;
  readonly onImage: (done: number) => void;
};

const inFlight = 4; // decoding runs on sharp's threads
const mostBytes = 2 ** 31 - 1; // one file of the store

/**
 * Loads images into one square frame, in their order.
 *
 * @throws a data error with every file that cannot be read or whose shape is not that of its original; all at once.
 */
export async function packImages(
  items: readonly ImageItem[],
  { size, bitDepth, onImage }: PackOptions,
): Promise<Images> {
  const area = size * size;
  const most = Math.floor(mostBytes / (area * (bitDepth / 8)));
  if (items.length > most)
    throw dataError(
      'images',
      `expected at most ${most} images of ${size}x${size} (2 GiB), got ${items.length}: set limit or a smaller size`,
    );
  const count = items.length * area;
  const pixels = bitDepth === 8 ? new Uint8Array(count) : new Uint16Array(count);
  const problems: Problem[][] = items.map(() => []);
  const originalSizes: Size[] = [];
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let i = next++; i < items.length; i = next++) {
      const original = await place(items[i]!, { size, bitDepth, into: pixels, at: i * area }).catch(
        (error: unknown) => {
          if (!(error instanceof RadiographError)) throw error;
          problems[i]!.push(...error.problems);
          return [1, 1] as const;
        },
      );
      originalSizes[i] = original;
      onImage(++done);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  if (problems.flat().length > 0) throw new RadiographError('data', problems.flat());
  return {
    ids: items.map(({ id }) => id),
    patientIds: items.map(({ patientId }) => patientId),
    originalSizes,
    frames: originalSizes.map((original) =>
      letterboxTransform(original, fitLetterbox(original, [size, size])),
    ),
    height: size,
    width: size,
    bitDepth,
    rows: items.map((_, i) => i),
    pixels,
  };
}

type Place = {
  readonly size: number;
  readonly bitDepth: 8 | 16;
  readonly into: Uint8Array | Uint16Array;
  readonly at: number;
};

async function place(
  { read, path, originalSize }: ImageItem,
  { size, bitDepth, into, at }: Place,
): Promise<Size> {
  const image = await read();
  const original = originalSize ?? image.size;
  if (!isCopyOf(image.size, original))
    throw dataError(
      path,
      `expected ${original.join('x')} pixels (height x width), or a smaller copy of that shape, got ${image.size.join('x')}`,
    );
  into.set(letterboxImage(image, [size, size], bitDepth, original), at);
  return original;
}

/** The same size, or scaled evenly: both sides agree to within a pixel of the smaller image. */
function isCopyOf([height, width]: Size, [fullHeight, fullWidth]: Size): boolean {
  const scale = Math.max(height / fullHeight, width / fullWidth);
  return Math.abs(height - fullHeight * scale) <= 1 && Math.abs(width - fullWidth * scale) <= 1;
}

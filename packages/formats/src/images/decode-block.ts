/** A few image files -> pixels in a common frame: the work of a thread. */
import { readFileSync } from 'node:fs';
import { type Problem, RadiographError } from '@radiograph/graph';
import { fitLetterbox, type Size } from '@radiograph/kinds';
import { serveTasks } from '@radiograph/threads';
import { openGreyJpegDecoder, plainGreySize } from './grey-jpeg.ts';
import { type FoundImage, placeImage } from './place-image.ts';
import { type GreyImage, readGreyImage } from './read-image.ts';

/** An image file that is to be decoded; data, so that it can go to a thread. */
export type ImageFile = {
  /** Absolute; names the file in errors. */
  readonly path: string;
  /**
   * The size of the original radiograph where the file is a smaller copy of it (CheXpert-v1.0-small); masks in original pixels then
   * fit. Default: the file is the original.
   */
  readonly originalSize?: Size;
};

/**
 * `exact` decodes every pixel and resizes as OpenCV does, to the bit. `fast` lets the JPEG decoder leave out what a much smaller frame would
 * not show, and differs by a few grey values; images less than twice the frame, and files that are no grey JPEG, come out exact.
 */
export const decodings = ['exact', 'fast'] as const;
export type Decoding = (typeof decodings)[number];

/** How images come into their frame. */
export type Frame = {
  /** Side of the square. */
  readonly size: number;
  readonly bitDepth: 8 | 16;
  readonly decoding: Decoding;
};

export type BlockTask = Frame & {
  readonly files: readonly ImageFile[];
  /** `[files, size, size]` of 8 or 16 bits. */
  readonly into: SharedArrayBuffer;
};
/** What became of each file: the size of its original, or what is wrong with it. */
export type BlockAnswer = readonly (Size | readonly Problem[])[];

/** Decodes files into their places, one after another. */
export async function decodeBlock({ files, into, ...frame }: BlockTask): Promise<BlockAnswer> {
  const area = frame.size * frame.size;
  const pixels = frame.bitDepth === 8 ? new Uint8Array(into) : new Uint16Array(into);
  const answer: (Size | readonly Problem[])[] = [];
  for (const [i, file] of files.entries()) {
    try {
      const image = await placeImage(() => decode(file.path, frame), file, frame);
      pixels.set(image.pixels, i * area);
      answer.push(image.originalSize);
    } catch (error) {
      if (!(error instanceof RadiographError)) throw error;
      answer.push(error.problems);
    }
  }
  return answer;
}

serveTasks(import.meta.url, decodeBlock);

async function decode(path: string, frame: Frame): Promise<FoundImage> {
  const file = readIfPresent(path);
  const size = file === undefined ? undefined : plainGreySize(file);
  if (file === undefined || size === undefined) return readGreyImage(path);
  const { height, width } = fitLetterbox(size, [frame.size, frame.size]);
  if (frame.decoding === 'fast' && size[0] >= 2 * height) {
    const image = await shrink(file, [height, width]);
    return image === undefined ? readGreyImage(path) : { ...image, originalSize: size };
  }
  const decoder = await openGreyJpegDecoder();
  return decoder.decode(file) ?? readGreyImage(path);
}

/** `readGreyImage` says what is wrong with a file that cannot be read. */
function readIfPresent(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Decodes at an eighth, a quarter or half of the size where that is enough, and averages down to the size that is wanted. */
async function shrink(file: Uint8Array, [height, width]: Size): Promise<GreyImage | undefined> {
  const { default: sharp } = await import('sharp');
  const data = await sharp(file, { failOn: 'warning', ignoreIcc: true })
    .resize({ height, width, fit: 'fill', kernel: 'linear' })
    .toColourspace('b-w')
    .raw()
    .toBuffer()
    .catch(() => undefined);
  if (data === undefined) return undefined;
  return { size: [height, width], bitDepth: 8, pixels: new Uint8Array(data) };
}

/// <reference path="./libjpegturbo.d.ts" />
/**
 * Grey JPEG files by libjpeg-turbo alone. CheXpert is made of these, and for one of 390 x 320 pixels libvips spends more time on its pipeline
 * than on the image. The decoder is the one inside libvips, so the pixels are the same to the bit.
 */
import type { Size } from '@radiograph/kinds';
import type { GreyImage } from './read-image.ts';

/** Decodes whole grey JPEG files. */
export type GreyJpegDecoder = {
  /**
   * The image of a file that has a `plainGreySize`, or undefined if it is damaged: libvips then says how, or that it can be borne. The
   * pixels are a view that the next call writes over.
   */
  readonly decode: (file: Uint8Array) => GreyImage | undefined;
};

let opened: Promise<GreyJpegDecoder> | undefined;

/** Opens the decoder of this thread. */
export function openGreyJpegDecoder(): Promise<GreyJpegDecoder> {
  opened ??= open();
  return opened;
}

async function open(): Promise<GreyJpegDecoder> {
  const { default: openCodec } = await import(
    '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'
  );
  const silent = () => {};
  const { JPEGDecoder } = await openCodec({ print: silent, printErr: silent });
  const decoder = new JPEGDecoder();
  return {
    decode(file) {
      try {
        decoder.getEncodedBuffer(file.length).set(file);
        decoder.decode(); // throws a number, also for what libjpeg only warns of
      } catch {
        return undefined;
      }
      const { width, height } = decoder.getFrameInfo();
      return { size: [height, width], bitDepth: 8, pixels: decoder.getDecodedBuffer() };
    },
  };
}

const frames = [0xc0, 0xc1, 0xc2]; // baseline, extended, progressive
const startOfScan = 0xda;
const harmless = [0xc4, 0xdb, 0xdd, 0xe0, 0xfe]; // tables, restart interval, JFIF, comment

/**
 * The size of a JPEG of one component of 8 bits whose segments say nothing about how to show it; undefined for any other file: an orientation
 * or a color profile is for libvips to judge.
 */
export function plainGreySize(file: Uint8Array): Size | undefined {
  if (file[0] !== 0xff || file[1] !== 0xd8) return undefined;
  const word = (at: number) => (file[at]! << 8) + file[at + 1]!;
  let size: Size | undefined;
  for (let at = 2; at + 10 < file.length && file[at] === 0xff; at += 2 + word(at + 2)) {
    const marker = file[at + 1]!;
    if (marker === startOfScan) return size;
    if (frames.includes(marker)) {
      const isGrey = file[at + 4] === 8 && file[at + 9] === 1;
      if (!isGrey) return undefined;
      size = [word(at + 5), word(at + 7)];
    } else if (!harmless.includes(marker)) return undefined;
  }
  return undefined;
}

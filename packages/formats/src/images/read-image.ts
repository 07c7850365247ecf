/** Image files -> grey pixels. An image is numbers: no color management, no gamma, nothing turned or composed. */
import { readFile } from 'node:fs/promises';
import { dataError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';
import type { Metadata, Sharp } from 'sharp';
import { guard } from '../reading/guard.ts';
import { mostPixels } from '../reading/limits.ts';
import { type ColorSpace, colorSpaces, isColored, toGrey } from './to-grey.ts';

/** A decoded radiograph or mask: one channel, row-major. */
export type GreyImage = {
  readonly size: Size;
  readonly bitDepth: 8 | 16;
  readonly pixels: Uint8Array | Uint16Array;
  /** What was read otherwise than the file says, or left out; none if missing. */
  readonly notes?: readonly string[];
  /** The largest value of a 16-bit file that does not say which value is white, as PNG does not: many hold 12 bits. */
  readonly peak?: number;
};

/** File names that are read; others in a folder are left alone. */
export const imagePattern = /\.(png|jpe?g)$/i;

/** Reads a PNG or JPEG as `decodeImage` does. */
export async function readGreyImage(path: string): Promise<GreyImage> {
  return guard(path, expected, async () => decodeImage(await readFile(path), path));
}

const expected = 'a whole PNG or JPEG image';

/**
 * Decodes a PNG or JPEG to grey, as Pillow's `convert("L")` does: 0.299 R + 0.587 G + 0.114 B; CMYK by way of RGB; palettes by their colors; 1, 2
 * and 4 bits spread over 0..255. Color profiles, gamma, alpha and EXIF orientation do not change a value or a place; `notes` says so.
 * Files of 16 bits keep 16 bits.
 *
 * @throws a data error naming the file if it is another format, damaged, cut short, or has more than 2^26 pixels.
 */
export async function decodeImage(bytes: Uint8Array, path: string): Promise<GreyImage> {
  return guard(path, expected, async () => {
    const { default: sharp } = await import('sharp');
    const image = sharp(bytes, { failOn: 'warning', ignoreIcc: true, limitInputPixels: false });
    const header = await image.metadata();
    const space = requireImage(header, path);
    const samples = await readSamples(image, header, space);
    const isDeep = header.depth === 'ushort';
    const channels = samples.length / (header.width * header.height);
    const pixels = toGrey(samples, space, channels);
    const notes = notesOf(header, isColored(samples, space, channels));
    return {
      size: [header.height, header.width],
      bitDepth: isDeep ? 16 : 8,
      pixels,
      ...(isDeep ? { peak: largestOf(pixels) } : {}),
      ...(notes.length > 0 ? { notes } : {}),
    };
  });
}

function largestOf(pixels: Uint8Array | Uint16Array): number {
  let largest = 0;
  for (const pixel of pixels) largest = Math.max(largest, pixel);
  return largest;
}

function requireImage({ format, width, height, space }: Metadata, path: string): ColorSpace {
  if (format !== 'png' && format !== 'jpeg')
    throw dataError(path, `expected a PNG or JPEG image, got ${format}`);
  if (width * height > mostPixels)
    throw dataError(path, `expected at most ${mostPixels} pixels, got ${width}x${height}`);
  const known = colorSpaces.find((name) => name === space);
  if (known === undefined) throw dataError(path, `expected grey, RGB or CMYK, got ${space}`);
  return known;
}

/** The samples as stored: working and output space are the file's own, so nothing is converted. */
async function readSamples(image: Sharp, { depth }: Metadata, space: ColorSpace) {
  const isDeep = depth === 'ushort';
  const stored = image.pipelineColourspace(space).toColourspace(space);
  const bytes = new Uint8Array(await stored.raw({ depth: isDeep ? 'ushort' : 'uchar' }).toBuffer());
  return isDeep ? new Uint16Array(bytes.buffer) : bytes; // a copy with its own aligned buffer
}

function notesOf(header: Metadata, hasColor: boolean): string[] {
  const { orientation = 1, hasAlpha, icc } = header;
  return [
    ...(orientation === 1 ? [] : [`EXIF orientation ${orientation}: pixels are taken as stored`]),
    ...(hasAlpha ? ['alpha channel: ignored'] : []),
    ...(icc === undefined ? [] : ['color profile: ignored']),
    ...(hasColor ? ['color: turned to grey by 0.299 R + 0.587 G + 0.114 B'] : []),
  ];
}

/** The depth of a PNG or JPEG from its header; 8 if there is none to read. */
export async function readBitDepth(path: string): Promise<8 | 16> {
  const { default: sharp } = await import('sharp');
  const header = await sharp(path)
    .metadata()
    .catch(() => undefined);
  return header?.depth === 'ushort' ? 16 : 8;
}

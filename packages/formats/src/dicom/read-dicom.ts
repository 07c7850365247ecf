/** DICOM radiographs (CR, DX) -> grey images: bright is dense, as in the PNG and JPEG data sets. */
import { inflateRawSync } from 'node:zlib';
import { dataError } from '@radiograph/graph';
import dicomParser, { type DataSet } from 'dicom-parser';
import type { GreyImage } from '../images/read-image.ts';
import { decodePixels } from './decode-pixels.ts';
import { type DicomHeader, type DicomWindow, readHeader } from './header.ts';

/** file: the file's own window, else the range of its bits; range: the range of its bits; extent: darkest to brightest pixel. */
export const windowChoices = ['file', 'range', 'extent'] as const;
export type WindowChoice = (typeof windowChoices)[number];

/** Reads the attributes alone. @throws a data error at `path`. */
export function readDicomHeader(bytes: Uint8Array, path: string): DicomHeader {
  return readHeader(parse(bytes, path), path);
}

/**
 * Decodes a single-frame grey DICOM file; uncompressed, RLE, JPEG baseline and JPEG 2000.
 *
 * Rescale slope and intercept, then the window, then MONOCHROME1 is turned around. 16 bits where more than 8 are stored, else 8.
 * @throws a data error at `path` for other files, other transfer syntaxes, color, several frames, and damaged ones.
 */
export async function readDicom(
  bytes: Uint8Array,
  path: string,
  window: WindowChoice = 'file',
): Promise<GreyImage> {
  const dataSet = parse(bytes, path);
  const header = readHeader(dataSet, path);
  const stored = await decodePixels(dataSet, header, path);
  return toGrey(stored, header, window);
}

function parse(bytes: Uint8Array, path: string): DataSet {
  try {
    return dicomParser.parseDicom(bytes, {
      inflater: (all: Uint8Array, at: number) => {
        const inflated = inflateRawSync(all.subarray(at));
        return Buffer.concat([all.subarray(0, at), inflated]);
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause); // the parser also throws text
    throw dataError(path, `expected a whole DICOM file, got: ${why}`, { cause });
  }
}

function toGrey(
  stored: Uint8Array | Uint16Array,
  header: DicomHeader,
  choice: WindowChoice,
): GreyImage {
  const { bitsStored, slope, intercept, isInverted, size } = header;
  const bitDepth = bitsStored > 8 ? 16 : 8;
  const maximum = bitDepth === 8 ? 255 : 65535;
  const toValue = signer(header);
  const brightness = createWindow(stored, header, choice);
  const pixels = bitDepth === 8 ? new Uint8Array(stored.length) : new Uint16Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    const share = brightness(slope * toValue(stored[i]!) + intercept);
    pixels[i] = Math.round(maximum * (isInverted ? 1 - share : share));
  }
  return { size, bitDepth, pixels };
}

/** Stored bits as a number; bits above those stored are overlays or noise. */
function signer({ bitsStored, isSigned }: DicomHeader): (bits: number) => number {
  const [range, half] = [2 ** bitsStored, 2 ** (bitsStored - 1)];
  if (!isSigned) return (bits) => bits % range;
  return (bits) => {
    const value = bits % range;
    return value >= half ? value - range : value;
  };
}

/** Brightness in 0..1 of a value in output units. */
function createWindow(
  stored: Uint8Array | Uint16Array,
  header: DicomHeader,
  choice: WindowChoice,
): (value: number) => number {
  const window = choice === 'file' ? header.window : undefined;
  if (window !== undefined) return windowOf(window);
  const [low, high] = choice === 'extent' ? extentOf(stored, header) : rangeOf(header);
  return (value) => (high > low ? (value - low) / (high - low) : 0);
}

/** PS3.3 C.11.2.1.2 and C.11.2.1.3. */
function windowOf({ center, width, shape }: DicomWindow): (value: number) => number {
  const clamp = (share: number) => Math.min(1, Math.max(0, share));
  switch (shape) {
    case 'LINEAR':
      if (width <= 1) return (value) => (value > center - 0.5 ? 1 : 0);
      return (value) => clamp((value - (center - 0.5)) / (width - 1) + 0.5);
    case 'LINEAR_EXACT':
      return (value) => clamp((value - center) / width + 0.5);
    case 'SIGMOID':
      return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}

function rangeOf({
  bitsStored,
  isSigned,
  slope,
  intercept,
}: DicomHeader): readonly [number, number] {
  const low = isSigned ? -(2 ** (bitsStored - 1)) : 0;
  const ends = [low, low + 2 ** bitsStored - 1].map((value) => slope * value + intercept);
  return [Math.min(...ends), Math.max(...ends)];
}

function extentOf(
  stored: Uint8Array | Uint16Array,
  header: DicomHeader,
): readonly [number, number] {
  const toValue = signer(header);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const bits of stored) {
    const value = header.slope * toValue(bits) + header.intercept;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

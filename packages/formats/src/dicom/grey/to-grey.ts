/** Stored values -> grey pixels, by way of output units and brightness. */
import type { GreyImage } from '../../images/read-image.ts';
import type { DicomHeader } from '../header.ts';
import type { DicomFile } from '../parse-dicom.ts';
import type { Stored } from '../pixels/decode-pixels.ts';
import { readModality } from './modality.ts';
import { readPadding } from './padding.ts';
import { type Brightness, readVoi } from './voi.ts';

/** file: the file's own lookup table or window, else the range of its bits; range: the range of its bits; extent: darkest to brightest pixel. */
export const windowChoices = ['file', 'range', 'extent'] as const;
export type WindowChoice = (typeof windowChoices)[number];

/** Renders a frame: bright is dense, as in the PNG and JPEG data sets. Values are rounded to the nearest. */
export function toGrey(
  file: DicomFile,
  header: DicomHeader,
  stored: Stored,
  choice: WindowChoice,
): GreyImage {
  const { bitDepth, size } = header;
  const words = distinctWords(stored.samples);
  const shares = sharesOf(words, { file, header, stored, choice });
  const maximum = bitDepth === 8 ? 255 : 65535;
  const table = new Uint16Array(65536);
  for (const [i, word] of words.entries()) table[word] = Math.round(maximum * shares[i]!);
  const count = stored.samples.length;
  const pixels = bitDepth === 8 ? new Uint8Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) pixels[i] = table[stored.samples[i]!]!;
  const notes = [...file.notes, ...header.notes, ...stored.notes];
  return { size, bitDepth, pixels, ...(notes.length > 0 ? { notes } : {}) };
}

/** The words that occur: at most 65,536, whatever the image's size. */
function distinctWords(samples: Stored['samples']): number[] {
  const occurs = new Uint8Array(65536);
  for (const word of samples) occurs[word] = 1;
  const words: number[] = [];
  for (let word = 0; word < occurs.length; word++) if (occurs[word] === 1) words.push(word);
  return words;
}

type Rendering = {
  readonly file: DicomFile;
  readonly header: DicomHeader;
  readonly stored: Stored;
  readonly choice: WindowChoice;
};

/** Brightness in 0..1 of each word, turned around where high values are dark. */
function sharesOf(words: readonly number[], { file, header, stored, choice }: Rendering): number[] {
  const modality = readModality(file, header);
  const numbers = words.map(wordReader(stored, header.isSigned));
  const values = numbers.map(modality.toValue);
  const range = modality.rangeOf(stored.bitsStored);
  const turn = (share: number) => (header.isInverted ? 1 - share : share);
  if (choice !== 'extent') {
    const own = choice === 'file' ? readVoi(file, range[0] < 0) : undefined;
    return values.map(own ?? between(range)).map(turn);
  }
  const isPadding = numbers.map(readPadding(file, header));
  const extent = between(extentOf(values.filter((_, i) => !isPadding[i])));
  return values.map((value, i) => (isPadding[i] ? 0 : turn(extent(value))));
}

/** The stored value of a word: the bits below and above those stored are overlays or noise (PS3.5 8.1.1). */
function wordReader({ bitsStored, highBit }: Stored, isSigned: boolean): (word: number) => number {
  const [range, half, shift] = [2 ** bitsStored, 2 ** (bitsStored - 1), highBit - bitsStored + 1];
  return (word) => {
    const value = (word >> shift) % range;
    return isSigned && value >= half ? value - range : value;
  };
}

function between([low, high]: readonly [number, number]): Brightness {
  return (value) => (high > low ? (value - low) / (high - low) : 0);
}

function extentOf(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

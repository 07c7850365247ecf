/**
 * COCO run-length encoding, the mask format of CheXlocalize.
 *
 * Runs go down the columns, the first run counts zeros; from the third on each run is stored as its difference to the run
 * two before; numbers are written in groups of 5 bits, lowest first, as one printable character each (pycocotools
 * rleToString; method.md section c).
 */
import { dataError } from '@radiograph/graph';

/** Encodes a row-major `[height, width]` mask (non-zero = foreground) as a COCO counts string. */
export function encodeRle(mask: Uint8Array, height: number, width: number): string {
  return writeCounts(countRuns(mask, height, width));
}

/** Decodes a COCO counts string into a row-major `[height, width]` mask of 0 and 1. */
export function decodeRle(counts: string, height: number, width: number): Uint8Array {
  const mask = new Uint8Array(height * width);
  let position = 0; // in column-major order
  readCounts(counts).forEach((run, index) => {
    if (run < 0 || position + run > mask.length) {
      throw dataError('counts', `expected runs that fill ${height}x${width} pixels, got ${counts}`);
    }
    if (index % 2 === 1) fillColumnMajor({ mask, height, width }, position, position + run);
    position += run;
  });
  if (position !== mask.length) {
    throw dataError(
      'counts',
      `expected ${mask.length} pixels (${height}x${width}), got ${position}`,
    );
  }
  return mask;
}

/** Counts the foreground pixels of a COCO counts string without decoding it. */
export function rleArea(counts: string): number {
  return readCounts(counts).reduce((area, run, index) => (index % 2 === 1 ? area + run : area), 0);
}

/** Counts all pixels of a COCO counts string without decoding it: height times width if it is whole. */
export function rleLength(counts: string): number {
  return readCounts(counts).reduce((length, run) => length + run, 0);
}

/** The counts string of an empty `[height, width]` mask. */
export function emptyRle(height: number, width: number): string {
  return writeCounts([height * width]);
}

type Grid = { readonly mask: Uint8Array; readonly height: number; readonly width: number };

function fillColumnMajor({ mask, height, width }: Grid, start: number, end: number): void {
  for (let k = start; k < end; k++) mask[(k % height) * width + Math.floor(k / height)] = 1;
}

function countRuns(mask: Uint8Array, height: number, width: number): number[] {
  const runs: number[] = [];
  let value = 0;
  let run = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      const pixel = mask[y * width + x] === 0 ? 0 : 1;
      if (pixel !== value) {
        runs.push(run);
        run = 0;
        value = pixel;
      }
      run++;
    }
  }
  runs.push(run);
  return runs;
}

function writeCounts(runs: readonly number[]): string {
  return runs.map((run, i) => writeNumber(i > 2 ? run - runs[i - 2]! : run)).join('');
}

function writeNumber(value: number): string {
  let rest = value;
  let text = '';
  for (;;) {
    const group = rest & 31;
    rest >>= 5;
    // Done when what is left is only the sign, and the sign bit of this group already says it.
    const done = group & 16 ? rest === -1 : rest === 0;
    text += String.fromCharCode((done ? group : group | 32) + 48);
    if (done) return text;
  }
}

function readCounts(text: string): number[] {
  const runs: number[] = [];
  let position = 0;
  while (position < text.length) {
    let value = 0;
    let shift = 0;
    let group: number;
    do {
      group = text.charCodeAt(position++) - 48;
      if (!(group >= 0 && group < 64)) {
        throw dataError(
          'counts',
          `expected COCO characters "0" to "o", got ${JSON.stringify(text)}`,
        );
      }
      value |= (group & 31) << shift;
      shift += 5;
    } while (group & 32);
    if (group & 16) value |= -1 << shift;
    runs.push(runs.length > 2 ? value + runs[runs.length - 2]! : value);
  }
  return runs;
}

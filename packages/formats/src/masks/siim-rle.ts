/** Run lengths of the SIIM-ACR pneumothorax set: pairs of gap and length down the columns; "-1" is an empty mask (method.md section c). */
import { dataError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';

/** Adds the runs to a row-major mask, so several rows of an image are joined. @throws a data error for runs past the end. */
export function addSiimRle(mask: Uint8Array, [height, width]: Size, text: string): void {
  if (text.trim() === '-1') return;
  const numbers = text.trim().split(/\s+/).map(Number);
  if (numbers.length % 2 !== 0 || numbers.some((value) => !Number.isInteger(value) || value < 0))
    throw dataError(
      'EncodedPixels',
      `expected "-1" or pairs of gap and length, got ${text.slice(0, 60)}`,
    );
  let at = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    at += numbers[i]!;
    const end = at + numbers[i + 1]!;
    if (end > height * width)
      throw dataError(
        'EncodedPixels',
        `expected runs within ${height}x${width} pixels, got one to ${end}`,
      );
    for (; at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = 1;
  }
}

/** The inverse of `addSiimRle`. */
export function writeSiimRle(mask: Uint8Array, [height, width]: Size): string {
  const numbers: number[] = [];
  let [gap, run] = [0, 0];
  const flush = () => {
    if (run > 0) numbers.push(gap, run);
    if (run > 0) [gap, run] = [0, 0];
  };
  for (let k = 0; k < height * width; k++) {
    if (mask[(k % height) * width + Math.floor(k / height)] !== 0) run++;
    else {
      flush();
      gap++;
    }
  }
  flush();
  return numbers.length === 0 ? '-1' : numbers.join(' ');
}

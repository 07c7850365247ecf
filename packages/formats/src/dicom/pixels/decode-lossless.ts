/**
 * JPEG lossless (ITU T.81 process 14 and annex H; transfer syntaxes .57 and .70), one grey component of 2 to 16 bits.
 *
 * jpeg-lossless-decoder-js, which Cornerstone uses, halves without rounding: with predictor 7 a pixel behind a step over the whole range, as from -1 to
 * 0 in signed images, came out one too high.
 */
import { openBits } from './huffman.ts';
import { readJpegScan } from './jpeg-segments.ts';

/** A sample from its neighbors: left, above, and above left (T.81 table H.1). */
type Predict = (left: number, above: number, corner: number) => number;

const predictors: readonly Predict[] = [
  () => 0, // 0 belongs to hierarchical streams
  (left) => left,
  (_, above) => above,
  (_, __, corner) => corner,
  (left, above, corner) => left + above - corner,
  (left, above, corner) => left + ((above - corner) >> 1),
  (left, above, corner) => above + ((left - corner) >> 1),
  (left, above) => (left + above) >> 1,
];

/** Decodes a stream to `[height * width]` samples. @throws an error for what is no such stream. */
export function decodeLossless(bytes: Uint8Array): Uint16Array {
  const { tables, coded, dc, selection, pointTransform } = readJpegScan(bytes);
  const { bits: precision, width, height } = tables.frame;
  const table = tables.huffman.get(dc);
  const predict = predictors[selection];
  if (!table || !predict || selection === 0) throw new Error('a JPEG scan without its tables');
  const out = new Uint16Array(width * height);
  const bits = openBits(coded);
  const lines = tables.restartInterval === 0 ? height : tables.restartInterval / width;
  if (!Number.isInteger(lines)) throw new Error('a JPEG scan that restarts within a line');
  const middle = 2 ** (precision - pointTransform - 1);
  for (let i = 0; i < out.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width) % lines]; // the line above a restart does not count
    if (x === 0 && y === 0 && i > 0) bits.restart();
    const guess = guessAt(out, i, { x, y, width, middle, predict });
    const size = bits.symbol(table);
    out[i] = guess + (size === 16 ? 32768 : bits.signed(size)); // modulo 2^16 (H.1.2.2)
  }
  return pointTransform === 0 ? out : out.map((value) => value << pointTransform);
}

type Around = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly middle: number;
  readonly predict: Predict;
};

/** The predictor works inside; the first line has only a left neighbor, the first column only one above (H.1.2.1). */
function guessAt(out: Uint16Array, i: number, { x, y, width, middle, predict }: Around): number {
  if (y === 0) return x === 0 ? middle : out[i - 1]!;
  if (x === 0) return out[i - width]!;
  return predict(out[i - 1]!, out[i - width]!, out[i - width - 1]!);
}

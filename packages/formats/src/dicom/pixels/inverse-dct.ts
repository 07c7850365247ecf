/** The inverse DCT of 8 x 8 coefficients in whole numbers, as decoders of medical images agree on it. */

/** Where the i-th coefficient of the stream lies in a block (ITU T.81 figure A.6). */
export const zigzag: readonly number[] = Array.from({ length: 64 }, (_, i) => i).sort(
  (a, b) => diagonalOf(a) - diagonalOf(b) || alongDiagonal(a) - alongDiagonal(b),
);

function diagonalOf(i: number): number {
  return (i >> 3) + (i & 7);
}

/** Even diagonals go up, odd ones down. */
function alongDiagonal(i: number): number {
  return diagonalOf(i) % 2 === 0 ? i & 7 : i >> 3;
}

const fractionBits = 13;
const fixed = (value: number) => Math.round(value * 2 ** fractionBits);

// Rotations of the flow graph in Loeffler, Ligtenberg and Moschytz, scaled by the square root of 2.
const even = { common: fixed(0.5411961), sixth: fixed(1.847759065), second: fixed(0.765366865) };
const odd = {
  all: fixed(1.175875602),
  own: [0.298631336, 2.053119869, 3.072711026, 1.50132111].map(fixed),
  pairs: [0.899976223, 2.562915447, 1.96157056, 0.390180644].map(fixed),
} as const;

const keptBits = 1; // of the fraction between columns and rows, where samples have 12 bits

/** Transforms a block in place: columns, then rows. Values come out centered on 0. */
export function inverseDct(block: Int32Array): void {
  for (let x = 0; x < 8; x++) transform(block, x, 8, fractionBits - keptBits);
  for (let y = 0; y < 8; y++) transform(block, 8 * y, 1, fractionBits + keptBits + 3);
}

/** One row or column; results are rounded and shifted right by `shift` bits. */
function transform(block: Int32Array, start: number, step: number, shift: number): void {
  const at = (i: number) => block[start + i * step]!;
  const evens = evenPart(at(0), at(2), at(4), at(6));
  const odds = oddPart(at(1), at(3), at(5), at(7));
  const half = 1 << (shift - 1);
  for (let i = 0; i < 4; i++) {
    block[start + i * step] = (evens[i]! + odds[i]! + half) >> shift;
    block[start + (7 - i) * step] = (evens[i]! - odds[i]! + half) >> shift;
  }
}

function evenPart(x0: number, x2: number, x4: number, x6: number): readonly number[] {
  const common = (x2 + x6) * even.common;
  const low = common - x6 * even.sixth;
  const high = common + x2 * even.second;
  const sum = (x0 + x4) * 2 ** fractionBits;
  const difference = (x0 - x4) * 2 ** fractionBits;
  return [sum + high, difference + low, difference - low, sum - high];
}

function oddPart(x1: number, x3: number, x5: number, x7: number): readonly number[] {
  const all = (x7 + x3 + x5 + x1) * odd.all;
  const outer = -(x7 + x1) * odd.pairs[0]!;
  const inner = -(x5 + x3) * odd.pairs[1]!;
  const high = all - (x7 + x3) * odd.pairs[2]!;
  const low = all - (x5 + x1) * odd.pairs[3]!;
  return [
    x1 * odd.own[3]! + outer + low,
    x3 * odd.own[2]! + inner + high,
    x5 * odd.own[1]! + inner + low,
    x7 * odd.own[0]! + outer + high,
  ];
}

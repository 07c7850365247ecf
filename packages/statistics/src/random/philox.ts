/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * A stream is keyed by a seed and a purpose, and a number by its position, so streams never depend on one another or on the
 * order of use: a resumed run draws what the uninterrupted one would have drawn.
 */
import { createHash } from 'node:crypto';

/** A stream of random numbers. */
export type Random = {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Normal with mean 0 and deviation 1 (Box-Muller). */
  normal(): number;
  /** Uniform integer from 0 to n - 1. */
  integer(n: number): number;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[];
  /** One element of a non-empty list. */
  choice<T>(list: readonly T[]): T;
};

type Words = readonly [number, number, number, number];

/** Opens the stream of a seed and a purpose. */
export function createRandom(
  seed: number | string,
  ...purpose: readonly (number | string)[]
): Random {
  const key = keyOf([seed, ...purpose]);
  let block: Words = [0, 0, 0, 0];
  let position = 0;
  let spare: number | undefined;
  const nextWord = (): number => {
    if (position % 4 === 0) block = philox4x32([position / 4, 0, 0, 0], key);
    return block[position++ % 4]!;
  };
  const next = (): number => nextWord() / 2 ** 32;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log((nextWord() + 1) / 2 ** 32));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const integer = (n: number): number => Math.floor(next() * n);
  const shuffle = <T>(list: readonly T[]): T[] => {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [copy[i], copy[j]] = [copy[j]!, copy[i]!];
    }
    return copy;
  };
  return { next, normal, integer, shuffle, choice: (list) => list[integer(list.length)]! };
}

/** A 64-bit key from a list of names; length-tagged JSON, so that ["ab"] and ["a", "b"] differ. */
function keyOf(parts: readonly (number | string)[]): readonly [number, number] {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** Ten rounds of Philox on a counter of four 32-bit words. */
export function philox4x32(counter: Words, [key0, key1]: readonly [number, number]): Words {
  let [a, b, c, d] = counter as [number, number, number, number];
  let k0 = key0;
  let k1 = key1;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiplyWide(0xd2511f53, a);
    const [high1, low1] = multiplyWide(0xcd9e8d57, c);
    [a, b, c, d] = [(high1 ^ b ^ k0) >>> 0, low1, (high0 ^ d ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0; // golden ratio
    k1 = (k1 + 0xbb67ae85) >>> 0; // sqrt(3) - 1
  }
  return [a, b, c, d];
}

/** The 64-bit product of two unsigned 32-bit words, in halves of 16 bits so that no product leaves 2^53. */
function multiplyWide(x: number, y: number): readonly [high: number, low: number] {
  const xh = x >>> 16;
  const xl = x & 0xffff;
  const yh = y >>> 16;
  const yl = y & 0xffff;
  const middle = xh * yl + ((xl * yl) >>> 16);
  const cross = xl * yh + (middle & 0xffff);
  const high = xh * yh + Math.floor(middle / 65536) + Math.floor(cross / 65536);
  return [high >>> 0, Math.imul(x, y) >>> 0];
}

/** Class labels per pixel -> which pairs of pixels should be alike, and how much each pair weighs in the loss (method.md b.5). */
import type { Size } from '@radiograph/kinds';
import { listSearchPaths, sourceWindow } from './path-index.ts';

/**
 * Confident labels of one map: bit k of `foreground[i]` says that pixel i shows class k, of `background[i]` that it does not; a
 * pixel with neither bit is to be ignored for that class.
 */
export type PixelLabels = { readonly foreground: Uint16Array; readonly background: Uint16Array };

/** A weight for every pair, `[B, D, H', W']` with D directions and sources H' x W', for each term of the loss. */
export type PairWeights = {
  /** Pairs of one label: the boundary between them should be weak. */
  readonly alike: Float32Array;
  /** Pairs of different labels: there should be a boundary. */
  readonly apart: Float32Array;
  /** Foreground pairs, whose displacements should differ by the offset between the two. */
  readonly foregroundShift: Float32Array;
  /** Background pairs, whose displacements should be equal. */
  readonly backgroundShift: Float32Array;
};

/**
 * How classes add up: `mean` over those that have pairs in the batch; `accumulated` repeats the released CheXseg, where class j of K
 * weighs K - j times in the alike term and the other terms are plain sums (method.md a.7.4).
 */
export type ClassWeighting = 'mean' | 'accumulated';

type PairOptions = {
  readonly size: Size;
  readonly radius: number;
  readonly classCount: number;
  readonly classWeighting: ClassWeighting;
};

const countOffset = 1e-5; // keeps a class without pairs at 0 instead of 0 / 0; as in step/train_irn.py

/** Weighs the pairs of a batch: each class is normalized by its own number of pairs in the whole batch. */
export function weighPairs(batch: readonly PixelLabels[], options: PairOptions): PairWeights {
  const { classCount } = options;
  const histogram = (): Uint32Array => new Uint32Array(2 ** classCount);
  const seen = { background: histogram(), foreground: histogram(), apart: histogram() };
  const pairCount = visitPairs(batch, options, (_, pair) => {
    seen.background[pair.background]!++;
    seen.foreground[pair.foreground]!++;
    seen.apart[pair.apart]!++;
  });
  const tables = tabulateWeights(
    {
      background: countBits(seen.background, classCount),
      foreground: countBits(seen.foreground, classCount),
      apart: countBits(seen.apart, classCount),
    },
    options.classWeighting,
  );
  const weights = {
    alike: new Float32Array(pairCount),
    apart: new Float32Array(pairCount),
    foregroundShift: new Float32Array(pairCount),
    backgroundShift: new Float32Array(pairCount),
  };
  visitPairs(batch, options, (index, { background, foreground, apart }) => {
    weights.alike[index] =
      tables.alikeBackground[background]! + tables.alikeForeground[foreground]!;
    weights.apart[index] = tables.apart[apart]!;
    weights.foregroundShift[index] = tables.foregroundShift[foreground]!;
    weights.backgroundShift[index] = tables.backgroundShift[background]!;
  });
  return weights;
}

/** Classes, as bits, for which both ends of a pair are background, both foreground, or one of each. */
type Pair = { background: number; foreground: number; apart: number };

/** Calls `visit` for every pair in the order of the weights; returns how many there are. The pair is reused between calls. */
function visitPairs(
  batch: readonly PixelLabels[],
  { size, radius }: PairOptions,
  visit: (index: number, pair: Pair) => void,
): number {
  const { left, height, width } = sourceWindow(size, radius);
  const steps = listSearchPaths(radius).map(
    ({ destination: [rows, columns] }) => rows * size[1] + columns,
  );
  const pair: Pair = { background: 0, foreground: 0, apart: 0 };
  let index = 0;
  for (const { foreground, background } of batch) {
    for (const step of steps) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const from = y * size[1] + left + x;
          const to = from + step;
          pair.background = background[from]! & background[to]!;
          pair.foreground = foreground[from]! & foreground[to]!;
          pair.apart =
            (foreground[from]! & background[to]!) | (background[from]! & foreground[to]!);
          visit(index++, pair);
        }
      }
    }
  }
  return index;
}

/** How many of the counted bit patterns have each bit. */
function countBits(histogram: Uint32Array, classCount: number): number[] {
  const counts: number[] = Array(classCount).fill(0);
  for (let pattern = 1; pattern < histogram.length; pattern++) {
    for (let k = 0; k < classCount; k++) if ((pattern >> k) & 1) counts[k]! += histogram[pattern]!;
  }
  return counts;
}

type PairCounts = { readonly [P in keyof Pair]: readonly number[] };

/** The weight of every bit pattern, for each term. */
function tabulateWeights(counts: PairCounts, classWeighting: ClassWeighting) {
  const classCount = counts.apart.length;
  const present = counts.apart.filter(
    (_, k) => counts.background[k]! + counts.foreground[k]! + counts.apart[k]! > 0,
  ).length;
  const plain = classWeighting === 'mean' ? 1 / Math.max(1, present) : 1;
  const alike = (k: number) => (classWeighting === 'mean' ? plain : classCount - k);
  const inverse = (count: number, times: number) => 1 / (times * count + countOffset);
  return {
    alikeBackground: tabulate(counts.background.map((n, k) => (alike(k) * inverse(n, 1)) / 2)),
    alikeForeground: tabulate(counts.foreground.map((n, k) => (alike(k) * inverse(n, 1)) / 2)),
    apart: tabulate(counts.apart.map((n) => plain * inverse(n, 1))),
    foregroundShift: tabulate(counts.foreground.map((n) => plain * inverse(n, 2))),
    backgroundShift: tabulate(counts.background.map((n) => plain * inverse(n, 2))),
  };
}

/** Entry p is the sum of the values of p's bits. */
function tabulate(values: readonly number[]): Float64Array {
  const table = new Float64Array(2 ** values.length);
  for (let pattern = 1; pattern < table.length; pattern++) {
    const lowest = 31 - Math.clz32(pattern & -pattern);
    table[pattern] = table[pattern & (pattern - 1)]! + values[lowest]!;
  }
  return table;
}

/**
 * Spreads seeds over a map by random walk until boundaries stop it (IRNet's last step; misc/indexing.py; method.md b.6).
 *
 * The released code squares a dense N x N matrix; here the same matrix stays sparse and is applied to the seeds of all classes.
 */
import type { Size } from '@radiograph/kinds';
import { listSearchPaths, type Offset, type SearchPath } from './path-index.ts';
import { applyPower, type SparseMatrix } from './sparse-matrix.ts';

/** How a random walk moves. */
export type WalkOptions = {
  /** Pixels farther apart than this are not neighbors. */
  readonly radius: number;
  /** Sharpens affinities before they become probabilities. */
  readonly beta: number;
  /** The number of steps; 2^exp_times in the released code. */
  readonly steps: number;
};

/**
 * Affinities of all pairs within `radius`: 1 - the strongest boundary between the two, both ends included; 1 on the diagonal.
 *
 * `edge` is `[H, W]`, boundary probabilities 0..1. The matrix is symmetric; nothing reaches beyond the map.
 */
export function buildAffinity(edge: Float32Array, size: Size, radius: number): SparseMatrix {
  const paths = listSearchPaths(radius);
  const planes = paths.map((path) => planeAffinity(edge, size, path));
  const count = edge.length;
  const starts = new Int32Array(count + 1);
  const columns = new Int32Array(count * (2 * paths.length + 1));
  const values = new Float64Array(columns.length);
  let filled = 0;
  const append = (column: number, value: number) => {
    columns[filled] = column;
    values[filled++] = value;
  };
  for (let pixel = 0; pixel < count; pixel++) {
    append(pixel, 1);
    for (const [d, { destination }] of paths.entries()) {
      const ahead = neighborOf(pixel, destination, size);
      const behind = neighborOf(pixel, [-destination[0], -destination[1]], size);
      if (ahead !== undefined) append(ahead, planes[d]![pixel]!);
      if (behind !== undefined) append(behind, planes[d]![behind]!);
    }
    starts[pixel + 1] = filled;
  }
  return {
    size: count,
    starts,
    columns: columns.subarray(0, filled),
    values: values.subarray(0, filled),
  };
}

function neighborOf(pixel: number, [rows, columns]: Offset, [height, width]: Size) {
  const y = Math.floor(pixel / width) + rows;
  const x = (pixel % width) + columns;
  return y >= 0 && y < height && x >= 0 && x < width ? y * width + x : undefined;
}

/** The affinity of every pixel with the one that lies in the path's direction; 0 where that is outside. */
function planeAffinity(edge: Float32Array, size: Size, { destination, points }: SearchPath) {
  const [, width] = size;
  const steps = points.map(([rows, columns]) => rows * width + columns);
  return Float64Array.from(edge, (_, pixel) => {
    if (neighborOf(pixel, destination, size) === undefined) return 0;
    let strongest = 0;
    for (const step of steps) strongest = Math.max(strongest, edge[pixel + step]!);
    return 1 - strongest;
  });
}

const leastProbability = 1e-14; // a path this unlikely changes nothing over any number of steps we take

/**
 * Transition probabilities, laid out for walking: entry (j, i) is the probability A_ij^beta / sum_k A_kj^beta that the released code
 * has in row i, column j, so that one step of a row vector is the product of this matrix with it.
 */
export function buildTransition(affinity: SparseMatrix, beta: number): SparseMatrix {
  const starts = new Int32Array(affinity.size + 1);
  const columns = new Int32Array(affinity.columns.length);
  const values = new Float64Array(columns.length);
  let filled = 0;
  for (let row = 0; row < affinity.size; row++) {
    const [start, end] = [affinity.starts[row]!, affinity.starts[row + 1]!];
    let total = 0;
    for (let k = start; k < end; k++) total += affinity.values[k]! ** beta;
    for (let k = start; k < end; k++) {
      const probability = affinity.values[k]! ** beta / total;
      if (probability < leastProbability) continue;
      columns[filled] = affinity.columns[k]!;
      values[filled++] = probability;
    }
    starts[row + 1] = filled;
  }
  return {
    size: affinity.size,
    starts,
    columns: columns.subarray(0, filled),
    values: values.subarray(0, filled),
  };
}

/**
 * Walks `steps` steps from seeds that boundaries have weakened: (seed * (1 - edge)) T^steps, one `[H * W]` per seed.
 *
 * `edge` and every seed are `[H * W]`; the transition is built once for all seeds. Scores are not normalized.
 */
export function spreadSeeds(
  seeds: readonly Float32Array[],
  { edge, size }: { readonly edge: Float32Array; readonly size: Size },
  { radius, beta, steps }: WalkOptions,
): Float64Array[] {
  if (seeds.length === 0) return [];
  const transition = buildTransition(buildAffinity(edge, size, radius), beta);
  const weakened = seeds.map((seed) => seed.map((value, i) => value * (1 - edge[i]!)));
  return applyPower(transition, weakened, steps);
}

/**
 * Gaussian filtering on the permutohedral lattice (Adams, Baek and Davis, Eurographics 2010), step by step as the released dense CRF
 * does it (permutohedral.cpp; method.md b.4), in time linear in the number of points.
 *
 * Points are splatted onto the corners of the simplex they lie in, the corners are blurred along each lattice direction, and the
 * points read back. An approximation: the exact filter (gaussian.ts) may differ visibly at single pixels.
 */
import type { Features } from './features.ts';
import type { GaussianFilter } from './gaussian.ts';
import { createKeyTable, type KeyTable } from './key-table.ts';

/** Builds the lattice of these points once; the filter it gives may then be applied to any values. */
export function latticeGaussian(features: Features): GaussianFilter {
  const { count, dimensions } = features;
  const corners = dimensions + 1;
  const { offsets, weights, table } = splatPoints(features);
  const neighbors = findNeighbors(table, dimensions);
  const size = table.size();
  const scale = 1 / (1 + 2 ** -dimensions);
  return (values, channels) => {
    // Row 0 stays zero: it is the neighbor that is not on the lattice.
    let lattice = new Float32Array((size + 1) * channels);
    let blurred = new Float32Array(lattice.length);
    for (let k = 0; k < count * corners; k++) {
      const point = Math.floor(k / corners) * channels;
      const row = offsets[k]! * channels;
      for (let c = 0; c < channels; c++) lattice[row + c]! += weights[k]! * values[point + c]!;
    }
    for (let direction = 0; direction < corners; direction++) {
      const pairs = neighbors.subarray(direction * size * 2, (direction + 1) * size * 2);
      blur(lattice, blurred, pairs, channels);
      [lattice, blurred] = [blurred, lattice];
    }
    const filtered = new Float32Array(values.length);
    for (let k = 0; k < count * corners; k++) {
      const point = Math.floor(k / corners) * channels;
      const row = offsets[k]! * channels;
      const weight = weights[k]! * scale;
      for (let c = 0; c < channels; c++) filtered[point + c]! += weight * lattice[row + c]!;
    }
    return filtered;
  };
}

/** v + (n1 + n2) / 2 along one direction; `pairs` holds both neighbors of each row from 1 on. */
function blur(from: Float32Array, to: Float32Array, pairs: Int32Array, channels: number): void {
  const size = pairs.length / 2;
  for (let i = 0; i < size; i++) {
    const row = (i + 1) * channels;
    const before = pairs[i * 2]! * channels;
    const after = pairs[i * 2 + 1]! * channels;
    for (let c = 0; c < channels; c++)
      to[row + c] = from[row + c]! + 0.5 * (from[before + c]! + from[after + c]!);
  }
}

type Splat = {
  /** Lattice row (from 1) of each corner of each point, `[count, dimensions + 1]`. */
  readonly offsets: Int32Array;
  /** Barycentric weight of the same corner. */
  readonly weights: Float32Array;
  readonly table: KeyTable;
};

function splatPoints({ values, count, dimensions }: Features): Splat {
  const corners = dimensions + 1;
  const offsets = new Int32Array(count * corners);
  const weights = new Float32Array(count * corners);
  const table = createKeyTable(dimensions, count * corners);
  const simplex = createSimplex(dimensions);
  const key = new Int32Array(dimensions);
  for (let point = 0; point < count; point++) {
    simplex.locate(values.subarray(point * dimensions, (point + 1) * dimensions));
    for (let corner = 0; corner < corners; corner++) {
      simplex.writeKey(corner, key);
      offsets[point * corners + corner] = table.insert(key) + 1;
      weights[point * corners + corner] = simplex.barycentric[corner]!;
    }
  }
  return { offsets, weights, table };
}

/** Finds the enclosing simplex of one point at a time; buffers are shared between calls. */
function createSimplex(dimensions: number) {
  const corners = dimensions + 1;
  const elevated = new Float64Array(corners);
  const origin = new Int32Array(corners);
  const rank = new Int32Array(corners);
  const barycentric = new Float64Array(corners + 1);
  // Expected standard deviation of the blur, and the diagonal of the elevation matrix (Adams et al., pages 5 and 6).
  const scales = Float64Array.from(
    { length: dimensions },
    (_, i) => (Math.sqrt(2 / 3) * corners) / Math.sqrt((i + 1) * (i + 2)),
  );
  return {
    /** Weights of the corners; entry `corners` is scratch. */
    barycentric,
    locate(point: Float32Array): void {
      elevate(point, scales, elevated);
      const excess = roundToOrigin(elevated, origin);
      rankCoordinates(elevated, origin, rank);
      wrapRanks(rank, origin, excess);
      weighCorners({ elevated, origin, rank }, barycentric);
    },
    /** The first `dimensions` coordinates of a corner; the last follows, since they sum to 0. */
    writeKey(corner: number, key: Int32Array): void {
      for (let i = 0; i < dimensions; i++)
        key[i] = origin[i]! + corner - (rank[i]! > dimensions - corner ? corners : 0);
    },
  };
}

function elevate(point: Float32Array, scales: Float64Array, elevated: Float64Array): void {
  let sum = 0;
  for (let j = point.length; j > 0; j--) {
    const scaled = point[j - 1]! * scales[j - 1]!;
    elevated[j] = sum - j * scaled;
    sum += scaled;
  }
  elevated[0] = sum;
}

/** The nearest point whose coordinates are multiples of d + 1; returns by how many such steps their sum misses 0. */
function roundToOrigin(elevated: Float64Array, origin: Int32Array): number {
  const corners = elevated.length;
  let excess = 0;
  for (let i = 0; i < corners; i++) {
    const steps = Math.round(elevated[i]! / corners);
    origin[i] = steps * corners;
    excess += steps;
  }
  return excess;
}

function rankCoordinates(elevated: Float64Array, origin: Int32Array, rank: Int32Array): void {
  rank.fill(0);
  for (let i = 0; i < rank.length; i++) {
    const rest = elevated[i]! - origin[i]!;
    for (let j = i + 1; j < rank.length; j++) rank[rest < elevated[j]! - origin[j]! ? i : j]!++;
  }
}

function wrapRanks(rank: Int32Array, origin: Int32Array, excess: number): void {
  const corners = rank.length;
  for (let i = 0; i < corners; i++) {
    rank[i]! += excess;
    if (rank[i]! < 0) {
      rank[i]! += corners;
      origin[i]! += corners;
    } else if (rank[i]! >= corners) {
      rank[i]! -= corners;
      origin[i]! -= corners;
    }
  }
}

type Located = {
  readonly elevated: Float64Array;
  readonly origin: Int32Array;
  readonly rank: Int32Array;
};

function weighCorners({ elevated, origin, rank }: Located, barycentric: Float64Array): void {
  const corners = rank.length;
  barycentric.fill(0);
  for (let i = 0; i < corners; i++) {
    const share = (elevated[i]! - origin[i]!) / corners;
    barycentric[corners - 1 - rank[i]!]! += share;
    barycentric[corners - rank[i]!]! -= share;
  }
  barycentric[0]! += 1 + barycentric[corners]!;
}

/** Rows (from 1; 0 = none) of both neighbors of every lattice point along every direction, `[dimensions + 1, size, 2]`. */
function findNeighbors(table: KeyTable, dimensions: number): Int32Array {
  const size = table.size();
  const neighbors = new Int32Array((dimensions + 1) * size * 2);
  const key = new Int32Array(dimensions);
  for (let direction = 0; direction <= dimensions; direction++) {
    for (let i = 0; i < size; i++) {
      for (const [side, step] of [-1, 1].entries()) {
        for (let d = 0; d < dimensions; d++) key[d] = table.coordinate(i, d) + step;
        if (direction < dimensions)
          key[direction] = table.coordinate(i, direction) - step * dimensions;
        neighbors[(direction * size + i) * 2 + side] = table.find(key) + 1;
      }
    }
  }
  return neighbors;
}

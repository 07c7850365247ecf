/** Sparse matrices by rows, and the products and powers that a random walk needs. Powers are never formed. */

/** A square matrix: row i has entries `starts[i]` to `starts[i + 1]` - 1 of `columns` and `values`. */
export type SparseMatrix = {
  readonly size: number;
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
};

const lanes = 4; // vectors that share one reading of the matrix

/** Applies a matrix `power` times to each vector: M^power v. The results are new. */
export function applyPower(
  matrix: SparseMatrix,
  vectors: readonly ArrayLike<number>[],
  power: number,
): Float64Array[] {
  const results: Float64Array[] = [];
  for (let first = 0; first < vectors.length; first += lanes) {
    const group = vectors.slice(first, first + lanes);
    const packed = packLanes(group, matrix.size);
    const terms = powerInChebyshev(power);
    const walked =
      terms.length - 1 < power / 2
        ? sumChebyshev(matrix, packed, terms)
        : iterate(matrix, packed, power);
    group.forEach((_, lane) => {
      results.push(
        Float64Array.from({ length: matrix.size }, (__, i) => walked[i * lanes + lane]!),
      );
    });
  }
  return results;
}

function packLanes(group: readonly ArrayLike<number>[], size: number): Float64Array {
  const packed = new Float64Array(size * lanes);
  for (const [lane, vector] of group.entries())
    for (let i = 0; i < size; i++) packed[i * lanes + lane] = vector[i]!;
  return packed;
}

function iterate(matrix: SparseMatrix, start: Float64Array, count: number): Float64Array {
  let current: Float64Array = start;
  let next: Float64Array = new Float64Array(start.length);
  for (let step = 0; step < count; step++) {
    multiply(matrix, current, next);
    [current, next] = [next, current];
  }
  return current;
}

const dropped = 1e-10; // total weight of the terms that are left out: far below float32's rounding of the result

/**
 * Coefficients of x^power = sum_m c_m T_2m(x) for an even power, cut where the rest sums to less than `dropped`.
 *
 * c_0 = C(p, p/2) / 2^p and c_m = 2 C(p, p/2 - m) / 2^p; they fall like exp(-2 m^2 / p), so about sqrt(p) of them matter
 * (Sachdeva and Vishnoi, "Faster Algorithms via Approximation Theory", 2014, section 3). An odd power gives all its steps instead.
 */
function powerInChebyshev(power: number): number[] {
  const half = power / 2;
  const terms: number[] = [];
  if (!Number.isInteger(half)) return Array.from({ length: power + 1 }, () => 0);
  let central = 1; // C(p, p/2) / 2^p
  for (let i = 1; i <= half; i++) central *= (2 * i - 1) / (2 * i);
  let rest = 1 - central;
  terms.push(central);
  for (let m = 1, ratio = central; m <= half && rest > dropped; m++) {
    ratio *= (half - m + 1) / (half + m);
    terms.push(2 * ratio);
    rest -= 2 * ratio;
  }
  return terms;
}

/** sum_m c_m T_2m(M) v by T_k+1 = 2 M T_k - T_k-1. Stable for a matrix whose eigenvalues lie in -1..1. */
function sumChebyshev(
  matrix: SparseMatrix,
  start: Float64Array,
  terms: readonly number[],
): Float64Array {
  const total = start.map((value) => terms[0]! * value);
  let before: Float64Array = start;
  let current: Float64Array = new Float64Array(start.length);
  let next: Float64Array = new Float64Array(start.length);
  multiply(matrix, start, current);
  for (let degree = 2; degree <= 2 * (terms.length - 1); degree++) {
    multiply(matrix, current, next);
    const factor = degree % 2 === 0 ? terms[degree / 2]! : 0;
    for (let i = 0; i < next.length; i++) {
      next[i] = 2 * next[i]! - before[i]!;
      total[i]! += factor * next[i]!;
    }
    const spare = before === start ? new Float64Array(start.length) : before;
    [before, current, next] = [current, next, spare];
  }
  return total;
}

/** to = M from, for four vectors side by side: `[size, 4]`. */
function multiply(
  { size, starts, columns, values }: SparseMatrix,
  from: Float64Array,
  to: Float64Array,
): void {
  for (let row = 0; row < size; row++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    const end = starts[row + 1]!;
    for (let k = starts[row]!; k < end; k++) {
      const value = values[k]!;
      const column = columns[k]! * lanes;
      a += value * from[column]!;
      b += value * from[column + 1]!;
      c += value * from[column + 2]!;
      d += value * from[column + 3]!;
    }
    const out = row * lanes;
    to[out] = a;
    to[out + 1] = b;
    to[out + 2] = c;
    to[out + 3] = d;
  }
}

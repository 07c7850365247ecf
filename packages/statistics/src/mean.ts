/** Means of what is defined. */

/** `[row][column]`; null where a value is not defined. */
export type Matrix = readonly (readonly (number | null)[])[];

/** The mean of the values that are defined; null if none is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** The mean of each column over all rows; empty without rows. */
export function columnMeans(matrix: Matrix): (number | null)[] {
  return (matrix[0] ?? []).map((_, k) => meanOf(matrix.map((row) => row[k] ?? null)));
}

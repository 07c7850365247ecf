/** Holm's step-down correction (Holm, Scandinavian Journal of Statistics 1979). */

/**
 * Adjusted p values, in the order given: the chance of ANY false finding stays below the level when these are compared with it.
 * null where there is none; those do not count as tests.
 */
export function adjustHolm(values: readonly (number | null)[]): (number | null)[] {
  const known = values.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  const adjusted: (number | null)[] = values.map(() => null);
  let largest = 0;
  known
    .sort((a, b) => a.p - b.p)
    .forEach(({ p, index }, rank) => {
      largest = Math.max(largest, Math.min(1, (known.length - rank) * p));
      adjusted[index] = largest;
    });
  return adjusted;
}

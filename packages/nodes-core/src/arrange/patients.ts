import type { Images } from '@radiograph/kinds';

/** The patients of a set, each once, in order of first appearance. */
export function listPatients(images: Images): string[] {
  return [...new Set(images.patientIds)];
}

/** Shares `total` among fractions that sum to 1 by the largest remainder, so that the parts sum to `total`. */
export function shareByFractions(total: number, fractions: readonly number[]): number[] {
  const exact = fractions.map((fraction) => fraction * total);
  const shares = exact.map((share) => Math.floor(share + 1e-9));
  const order = exact
    .map((share, i) => ({ i, remainder: share - shares[i]! }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  const left = total - shares.reduce((a, b) => a + b, 0);
  for (const { i } of order.slice(0, left)) shares[i]!++;
  return shares;
}

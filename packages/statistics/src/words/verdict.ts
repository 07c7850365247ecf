/** What may be said of a difference. */
import type { Difference } from '../compare/arm.ts';

/** A p value below it, after Holm's correction, is called a difference. */
export const significance = 0.05;

/** Whether a difference is shown. Names of better arms come from here and from nowhere else. */
export const isShown = ({ adjustedP }: Pick<Difference, 'adjustedP'>): boolean =>
  adjustedP !== null && adjustedP < significance;

/** `semi better (one seed)`, `no difference shown`, or `undefined` where nothing can be compared. */
export function judgePair(
  { a, b }: { readonly a: string; readonly b: string },
  one: Pick<Difference, 'difference' | 'adjustedP'>,
  seeds: number,
): string {
  if (one.difference === null || one.adjustedP === null) return 'undefined';
  if (!isShown(one)) return 'no difference shown';
  return `${one.difference.mean > 0 ? b : a} better${seeds === 1 ? ' (one seed)' : ''}`;
}

/** `30 images, one seed`; `30 images with each of 3 seeds`. */
export function describeSample({
  images,
  seeds,
}: {
  readonly images: number;
  readonly seeds: number;
}): string {
  if (seeds === 1) return `${countOf(images, 'image')}, one seed`;
  return `${countOf(images / seeds, 'image')} with each of ${seeds} seeds`;
}

/** `1 image`, `2 images`. Fractions, which are means, have one digit. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  const number = Number.isInteger(count) ? count : count.toFixed(1);
  return `${number} ${count === 1 ? noun : plural}`;
}

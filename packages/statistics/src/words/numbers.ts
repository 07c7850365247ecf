/** How numbers are printed: in the browser, by the command line, in reports and in LaTeX alike. */
import type { Interval } from '../bootstrap/interval.ts';

const noise = 1e-9; // what is left of a difference of equal numbers

/** Three digits, one significant digit of what would round to zero: `0.218`, `0.0004`, `0.000`. */
export function printNumber(value: number): string {
  if (Math.abs(value) < noise) return '0.000';
  return Math.abs(value) < 0.0005 ? value.toPrecision(1) : value.toFixed(3);
}

/** `0.218 [0.174, 0.263]`. */
export const printInterval = ({ mean, lower, upper }: Interval): string =>
  `${printNumber(mean)} ${printBounds({ lower, upper })}`;

/** `[0.174, 0.263]`. */
export const printBounds = ({ lower, upper }: Pick<Interval, 'lower' | 'upper'>): string =>
  `[${printNumber(lower)}, ${printNumber(upper)}]`;

/** The printer of a column's numbers: whole ones as they are, others as `printNumber` does. */
export function createNumberPrinter(
  column: readonly (string | number | null)[],
): (value: number) => string {
  const numbers = column.filter((value) => typeof value === 'number');
  return numbers.every(Number.isInteger) ? String : printNumber;
}

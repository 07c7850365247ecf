/** Order statistics without sorting, which no engine does fast: values are counted against thresholds that close in by bisection. */
import { stopGradient } from '../autodiff/gradients.ts';
import { ShapeError } from '../errors.ts';
import type { Sym } from '../ir/program.ts';
import { resolveAxis } from '../shape.ts';
import { add, div, greater, greaterEqual, indicator, mul, neg, sub, where } from './elementwise.ts';
import { max, min, sum } from './reduce.ts';

type TopOptions = {
  /** How many of the largest values, from 1 to the size of the axis. */
  readonly k: number;
  readonly axis: number;
};

/** Halvings of the range of values; what is closer than range / 2^32 counts as equal. */
const halvings = 32;

/**
 * The mean of the k largest values along an axis, which it drops. Each of them gets 1 / k of the gradient; values equal to the
 * last of them share what is left.
 */
export function topMean(x: Sym, options: TopOptions): Sym {
  const axis = resolveAxis('topMean', options.axis, x.shape.length);
  const { low, high } = findThreshold(x, { ...options, axis });
  const above = indicator(greater(x, high));
  const between = sub(indicator(greaterEqual(x, low)), above);
  const missing = add(neg(sum(above, [axis], true)), options.k);
  const share = div(missing, sum(between, [axis], true)); // the k-th value lies between: never 0 / 0
  const chosen = stopGradient(add(above, mul(between, share)));
  return div(sum(mul(x, chosen), [axis]), options.k);
}

/** The k-th largest value along an axis, which it drops; k = 1 is the maximum. No gradient. */
export function kthLargest(x: Sym, options: TopOptions): Sym {
  const axis = resolveAxis('kthLargest', options.axis, x.shape.length);
  const { low, high } = findThreshold(x, { ...options, axis });
  return stopGradient(max(where(greater(x, high), low, x), [axis]));
}

/** Bounds with at least k values >= low and fewer than k values > high; at the end nothing but the k-th value lies between. */
function findThreshold(x: Sym, { k, axis }: TopOptions): { readonly low: Sym; readonly high: Sym } {
  const size = x.shape[axis]!;
  if (!(Number.isInteger(k) && k >= 1 && k <= size))
    throw new ShapeError(`topMean: expected k from 1 to ${size}, got ${k}`);
  let low = min(x, [axis], true);
  let high = max(x, [axis], true);
  for (let i = 0; i < halvings; i++) {
    const middle = mul(add(low, high), 0.5);
    const enough = greaterEqual(sum(indicator(greaterEqual(x, middle)), [axis], true), k);
    low = where(enough, middle, low);
    high = where(enough, high, middle);
  }
  return { low: stopGradient(low), high: stopGradient(high) };
}

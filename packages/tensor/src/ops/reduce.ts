/** Sums, means, products. */
import type { Sym } from '../ir/program.ts';
import { resolveAxis } from '../shape.ts';
import { add, div, mul, neg } from './elementwise.ts';
import { reshape, transpose } from './layout.ts';

type Axes = readonly number[];

/** Sum over axes; over all of them, to a scalar `[]`, if none are given. */
export function sum(x: Sym, axes?: Axes, keepDims = false): Sym {
  const rank = x.shape.length;
  const resolved =
    axes?.map((axis) => resolveAxis('sum', axis, rank)) ?? x.shape.map((_, axis) => axis);
  return x.recorder.record('sum', { axes: resolved, keepDims }, [x]);
}

/** Mean over axes; over all of them if none are given. */
export function mean(x: Sym, axes?: Axes, keepDims = false): Sym {
  const total = sum(x, axes, keepDims);
  const count = x.shape.reduce((a, b) => a * b, 1) / total.shape.reduce((a, b) => a * b, 1);
  return div(total, count);
}

/** Maximum over axes that are not empty; over all of them, to a scalar `[]`, if none are given. Equal maxima share the gradient. */
export function max(x: Sym, axes?: Axes, keepDims = false): Sym {
  const rank = x.shape.length;
  const resolved =
    axes?.map((axis) => resolveAxis('max', axis, rank)) ?? x.shape.map((_, axis) => axis);
  return x.recorder.record('max', { axes: resolved, keepDims }, [x]);
}

/** Minimum over axes that are not empty; over all of them if none are given. Equal minima share the gradient. */
export function min(x: Sym, axes?: Axes, keepDims = false): Sym {
  return neg(max(neg(x), axes, keepDims));
}

/** Sum per channel: `[N, C, ...]` -> `[C]`. */
export function channelSum(x: Sym): Sym {
  return x.recorder.record('channelSum', {}, [x]);
}

/** Matrix product of the last two axes, earlier axes broadcast. */
export function matmul(a: Sym, b: Sym): Sym {
  return a.recorder.record('matmul', {}, [a, b]);
}

/** Fully connected layer: x `[N, I]`, weight `[O, I]` as PyTorch stores it, bias `[O]`. */
export function linear(x: Sym, weight: Sym, bias?: Sym): Sym {
  const product = matmul(x, transpose(weight, [1, 0]));
  return bias === undefined ? product : add(product, bias);
}

/** e^x / sum(e^x) along an axis, without overflow. */
export function softmax(x: Sym, axis: number): Sym {
  return x.recorder.record('softmax', { axis: resolveAxis('softmax', axis, x.shape.length) }, [x]);
}

/** Adds bias `[C]` to axis 1 of x `[N, C, ...]`. */
export function addBias(x: Sym, bias: Sym): Sym {
  return add(x, alignChannels(bias, x));
}

/** Multiplies axis 1 of x `[N, C, ...]` by scale `[C]`. */
export function scaleChannels(x: Sym, scale: Sym): Sym {
  return mul(x, alignChannels(scale, x));
}

function alignChannels(values: Sym, x: Sym): Sym {
  return reshape(values, [1, values.shape[0]!, ...x.shape.slice(2).map(() => 1)]);
}

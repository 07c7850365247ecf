/** Operations that move values without changing them. */
import type { Sym } from '../ir/program.ts';
import { resolveAxis, type Shape, sizeOf } from '../shape.ts';

/** The same values in another shape. One side may be -1: whatever is left. */
export function reshape(x: Sym, shape: Shape): Sym {
  const known = shape.reduce((product, side) => (side === -1 ? product : product * side), 1);
  const resolved = shape.map((side) => (side === -1 ? sizeOf(x.shape) / known : side));
  return x.recorder.record('reshape', { shape: resolved }, [x]);
}

/** Reorders axes: axis i of the result is axis `permutation[i]` of x. */
export function transpose(x: Sym, permutation: readonly number[]): Sym {
  return x.recorder.record('transpose', { permutation }, [x]);
}

/** Repeats x to a shape that it broadcasts to. */
export function expand(x: Sym, shape: Shape): Sym {
  return x.recorder.record('expand', { shape }, [x]);
}

/** Joins tensors along an axis. */
export function concat(xs: readonly Sym[], axis: number): Sym {
  const [first] = xs;
  if (first === undefined) throw new Error('internal: concat of nothing');
  return first.recorder.record(
    'concat',
    { axis: resolveAxis('concat', axis, first.shape.length) },
    xs,
  );
}

/** The part from start to end (exclusive) of one axis. */
export function slice(
  x: Sym,
  options: { readonly axis: number; readonly start: number; readonly end: number },
): Sym {
  const axis = resolveAxis('slice', options.axis, x.shape.length);
  return x.recorder.record('slice', { ...options, axis }, [x]);
}

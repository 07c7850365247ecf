/** Operations that move values without changing them. */
import { ShapeError } from '../errors.ts';
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

type Indices = {
  readonly axis: number;
  /** A list, or a tensor `[n]` of whole numbers below 2^24 (a fed one is limited to the axis). */
  readonly indices: readonly number[] | Sym;
};

/** The entries of one axis at these indices, in their order; an index may repeat. @throws {ShapeError} for one outside. */
export function gather(x: Sym, options: Indices): Sym {
  const axis = resolveAxis('gather', options.axis, x.shape.length);
  const indices = toIndices('gather', x, { ...options, size: x.shape[axis]! });
  return x.recorder.record('gather', { axis }, [x, indices]);
}

/** Zeros of `size` along the axis, to which entry i of x is added at `indices[i]`. @throws {ShapeError} for an index outside. */
export function scatterAdd(x: Sym, options: Indices & { readonly size: number }): Sym {
  const { size } = options;
  const axis = resolveAxis('scatterAdd', options.axis, x.shape.length);
  return x.recorder.record('scatterAdd', { axis, size }, [x, toIndices('scatterAdd', x, options)]);
}

function toIndices(
  op: string,
  x: Sym,
  { indices, size }: Pick<Indices, 'indices'> & { readonly size: number },
): Sym {
  if ('recorder' in indices) return indices;
  const outside = indices.find((i) => !(Number.isInteger(i) && i >= 0 && i < size));
  if (outside !== undefined)
    throw new ShapeError(`${op}: expected whole indices from 0 to ${size - 1}, got ${outside}`);
  const data = Float32Array.from(indices);
  return x.recorder.record('constant', { data, shape: [data.length] }, []);
}

/** The part from start to end (exclusive) of one axis. */
export function slice(
  x: Sym,
  options: { readonly axis: number; readonly start: number; readonly end: number },
): Sym {
  const axis = resolveAxis('slice', options.axis, x.shape.length);
  return x.recorder.record('slice', { ...options, axis }, [x]);
}

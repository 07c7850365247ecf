/** Maps as TensorFlow.js wants them: channels last; windows cut out of them and put back. */
import {
  pad,
  reshape,
  slice,
  stridedSlice,
  type Tensor,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import type { Shape } from '../shape.ts';

/** Four sides of an image or a filter; shape rules let no other rank in. */
export const sidesOf = ({ shape }: { readonly shape: Shape }) =>
  shape as readonly [number, number, number, number];

/** `[N, C, H, W]` -> `[N, H, W, C]`. */
export function toChannelsLast(x: Tensor): Tensor4D {
  return transpose(x, [0, 2, 3, 1]) as Tensor4D; // shape rules let images in only
}

/** `[N, H, W, C]` -> `[N, C, H, W]`. */
export function toChannelsFirst(x: Tensor4D): Tensor4D {
  return transpose(x, [0, 3, 1, 2]);
}

/** Where a window lies along one axis; it may begin before the tensor and end after it. */
export type Span = { readonly start: number; readonly length: number };

/** Rows and columns of x `[N, H, W, C]` inside the spans, filled up with `fill` where a span leaves x. */
export function takeWindow(x: Tensor4D, spans: readonly [Span, Span], fill = 0): Tensor4D {
  const clipped = spans.map(({ start, length }, i) => {
    const side = x.shape[i + 1]!;
    const first = Math.min(Math.max(start, 0), side);
    const last = Math.max(Math.min(start + length, side), first);
    // A span that lies wholly outside is all fill.
    const before = Math.min(Math.max(-start, 0), length);
    return { first, count: last - first, before, after: length - (last - first) - before };
  });
  const [rows, columns] = clipped as [(typeof clipped)[0], (typeof clipped)[0]]; // one per span
  const [batch, , , channels] = x.shape;
  const inside = slice(
    x,
    [0, rows.first, columns.first, 0],
    [batch, rows.count, columns.count, channels],
  );
  if (clipped.every(({ before, after }) => before === 0 && after === 0)) return inside;
  const pads = clipped.map(({ before, after }) => [before, after] as [number, number]);
  return pad(inside, [[0, 0], ...pads, [0, 0]], fill) as Tensor4D; // same rank
}

/** Every `step`-th row and column, `length` of them, from `start`. */
export function takeEvery(
  x: Tensor4D,
  [rows, columns]: readonly [Span, Span],
  step: number,
): Tensor4D {
  const [batch, , , channels] = x.shape;
  const begin = [0, rows.start, columns.start, 0];
  if (step === 1) return slice(x, begin, [batch, rows.length, columns.length, channels]);
  const reach = ({ start, length }: Span) => start + (length - 1) * step + 1;
  const end = [batch, reach(rows), reach(columns), channels];
  return stridedSlice(x, begin, end, [1, step, step, 1]) as Tensor4D; // same rank
}

/** `[N, H, W, C]` -> `[N, step * H, step * W, C]` with zeros after every value. */
export function spreadOut(x: Tensor4D, step: number): Tensor4D {
  if (step === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const gap: [number, number] = [0, step - 1];
  const none: [number, number] = [0, 0];
  const wide = pad(reshape(x, [batch * height, width, 1, channels]), [none, none, gap, none]);
  const high = pad(reshape(wide, [batch * height, 1, step * width * channels]), [none, gap, none]);
  return reshape(high, [batch, step * height, step * width, channels]) as Tensor4D; // four sides
}

/**
 * Convolution and its two gradients.
 *
 * Filter gradient: one matrix product over stacked taps (stacked-taps.ts), or one per filter tap over a shifted window of x. For
 * these, where padding costs little, x is padded once and its rows flattened, so that every shift is one contiguous slice;
 * otherwise (stride, large dilation on a small map) the overlap of x and dy is cut out per tap. Taps that only ever see padding are not computed at all.
 */
import type { ConvParams } from '../ir/op.ts';
import type { Name, OnnxBuilder } from './onnx-model.ts';
import type { LowerCall, Operand } from './onnx-rules.ts';
import { frame, spreadOut } from './spread.ts';
import { lowerAsStack } from './stacked-taps.ts';

const convAttributes = (
  { stride, padding, dilation, groups }: ConvParams,
  [height, width]: readonly [number, number],
) => ({
  kernel_shape: [height, width],
  strides: [stride, stride],
  dilations: [dilation, dilation],
  pads: [padding, padding, padding, padding],
  group: groups,
});

export function lowerConv({ b, params, inputs: [x, weight], out }: LowerCall<'conv2d'>): void {
  const [, , height, width] = weight!.shape;
  b.emit('Conv', [x!.name, weight!.name], convAttributes(params, [height!, width!]), [out.name]);
}

export function lowerConvInputGrad(call: LowerCall<'conv2dInputGrad'>): void {
  const [, , height, width] = call.inputs[1]!.shape;
  const { stride, padding, dilation } = call.params;
  const fits = dilation * (height! - 1) >= padding && height === width;
  if (stride === 1 && fits) lowerAsConv(call, height!);
  else if (call.params.groups === 1 || call.b.kernels.transposesGroups)
    lowerAsConvTranspose(call, [height!, width!]);
  else lowerAsSpreadConv(call);
}

/** Stride 1: convolve dy with the flipped filter. */
function lowerAsConv(
  { b, params, inputs: [dy, weight], out }: LowerCall<'conv2dInputGrad'>,
  size: number,
): void {
  const flipped = flipFilter(b, weight!, params.groups);
  const padding = params.dilation * (size - 1) - params.padding;
  b.emit('Conv', [dy!.name, flipped], convAttributes({ ...params, padding }, [size, size]), [
    out.name,
  ]);
}

/** Any stride: dy with the zeros that a transposed convolution only thinks of. */
function lowerAsSpreadConv({
  b,
  params,
  inputs: [dy, weight],
  out,
}: LowerCall<'conv2dInputGrad'>): void {
  const size = weight!.shape.slice(2) as [number, number];
  const spread = spreadOut(b, dy!, params.stride);
  const reach = size.map((side) => params.dilation * (side - 1));
  const before = reach.map((far) => far - params.padding);
  const after = reach.map((far, i) => out.shape[i + 2]! + far - spread.shape[i + 2]! - before[i]!);
  const framed = frame(b, spread, { before, after });
  const flipped = flipFilter(b, weight!, params.groups);
  const attributes = convAttributes({ ...params, stride: 1, padding: 0 }, size);
  b.emit('Conv', [framed, flipped], attributes, [out.name]);
}

/** Turned by half, its channel axes swapped within each group. */
function flipFilter(b: OnnxBuilder, { name, shape }: Operand, groups: number): Name {
  const [height, width] = shape.slice(2) as [number, number];
  const swapped =
    groups === 1
      ? b.emit('Transpose', [name], { perm: [1, 0, 2, 3] })
      : swapInGroups(b, { name, shape }, groups);
  if (height === 1 && width === 1) return swapped;
  const far = [-(height + 1), -(width + 1)]; // one before the first element, counted from the end
  const back = b.ints([-1, -1]);
  return b.emit('Slice', [swapped, back, b.ints(far), b.ints([2, 3]), back]);
}

function swapInGroups(b: OnnxBuilder, { name, shape }: Operand, groups: number): Name {
  const [filters, perGroup, ...size] = shape as [number, number, number, number];
  const grouped = b.emit('Reshape', [name, b.ints([groups, filters / groups, perGroup, ...size])]);
  const turned =
    perGroup === 1 && filters === groups
      ? grouped
      : b.emit('Transpose', [grouped], { perm: [0, 2, 1, 3, 4] });
  return b.emit('Reshape', [turned, b.ints([groups * perGroup, filters / groups, ...size])]);
}

function lowerAsConvTranspose(
  { b, params, inputs: [dy, weight], out }: LowerCall<'conv2dInputGrad'>,
  [height, width]: readonly [number, number],
): void {
  const { stride, padding, dilation } = params;
  // What rounding down dropped on the way forward has to be added back on the far side.
  const missing = (side: number, output: number, size: number) =>
    side - ((output - 1) * stride - 2 * padding + dilation * (size - 1) + 1);
  const output_padding = [
    missing(params.height, dy!.shape[2]!, height),
    missing(params.width, dy!.shape[3]!, width),
  ];
  b.emit(
    'ConvTranspose',
    [dy!.name, weight!.name],
    { ...convAttributes(params, [height, width]), output_padding },
    [out.name],
  );
}

/** Padded rows may be this much longer than dy's before cutting out the overlap is cheaper. */
const paddedRowLimit = 1.5;

export function lowerConvFilterGrad(call: LowerCall<'conv2dFilterGrad'>): void {
  if (!lowerAsStack(call)) lowerTapByTap(call);
}

function lowerTapByTap({ b, params, inputs: [x, dy], out }: LowerCall<'conv2dFilterGrad'>): void {
  const [filters, perGroup, height, width] = out.shape as [number, number, number, number];
  const paddedWidth = x!.shape[3]! + 2 * params.padding;
  const contiguous = params.stride === 1 && paddedWidth <= paddedRowLimit * dy!.shape[3]!;
  const takeTap = contiguous
    ? contiguousTaps(b, params, [x!, dy!])
    : overlapTaps(b, params, [x!, dy!]);
  const taps: Name[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const pair = takeTap(i, j);
      taps.push(
        pair === undefined
          ? b.filled(0, [1, filters, perGroup])
          : multiplyTap(b, pair, { filters, perGroup, groups: params.groups }),
      );
    }
  }
  if (taps.length === 1) {
    b.emit('Reshape', [taps[0]!, b.ints(out.shape)], {}, [out.name]);
    return;
  }
  const stacked = b.emit('Concat', taps, { axis: 0 }); // [T, K, C/g]
  b.emit('Reshape', [b.emit('Transpose', [stacked], { perm: [1, 2, 0] }), b.ints(out.shape)], {}, [
    out.name,
  ]);
}

/** x and dy of one tap, both `[N, channels, L]` over the same positions. */
type Pair = { readonly x: Operand; readonly dy: Operand };
type TakeTap = (row: number, column: number) => Pair | undefined;

/** `[N, g, K/g, L] x [N, g, L, C/g]`, summed over N: `[1, K, C/g]`. */
function multiplyTap(
  b: OnnxBuilder,
  { x, dy }: Pair,
  sizes: { filters: number; perGroup: number; groups: number },
): Name {
  const { filters, perGroup, groups } = sizes;
  const [batch, , length] = x.shape as [number, number, number];
  const rows = b.emit('Reshape', [dy.name, b.ints([batch, groups, filters / groups, length])]);
  const columns = b.emit(
    'Transpose',
    [b.emit('Reshape', [x.name, b.ints([batch, groups, perGroup, length])])],
    { perm: [0, 1, 3, 2] },
  );
  const products = b.emit('MatMul', [rows, columns]);
  const total = b.emit('ReduceSum', [products, b.ints([0])], { keepdims: 0 });
  return b.emit('Reshape', [total, b.ints([1, filters, perGroup])]);
}

function contiguousTaps(
  b: OnnxBuilder,
  params: ConvParams,
  [x, dy]: readonly [Operand, Operand],
): TakeTap {
  const { padding: p, dilation } = params;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [, filters, outputHeight, outputWidth] = dy.shape as [number, number, number, number];
  const rowLength = width + 2 * p;
  const padded = p === 0 ? x.name : b.emit('Pad', [x.name, b.ints([0, 0, p, p, 0, 0, p, p])]);
  const flatX = b.emit('Reshape', [
    padded,
    b.ints([batch, channels, (height + 2 * p) * rowLength]),
  ]);
  const gap = rowLength - outputWidth;
  const spaced = gap === 0 ? dy.name : b.emit('Pad', [dy.name, b.ints([0, 0, 0, 0, 0, 0, 0, gap])]);
  const spacedY = b.emit('Reshape', [spaced, b.ints([batch, filters, outputHeight * rowLength])]);
  // The zeros after the last row would read beyond the end of x.
  const length = outputHeight * rowLength - gap;
  const cut = (name: Name, start: number) =>
    b.emit('Slice', [name, b.ints([start]), b.ints([start + length]), b.ints([2])]);
  const flatY = { name: gap === 0 ? spacedY : cut(spacedY, 0), shape: [batch, filters, length] };
  const whole = length === (height + 2 * p) * rowLength;
  return (row, column) => {
    const name = whole ? flatX : cut(flatX, (row * rowLength + column) * dilation);
    return { x: { name, shape: [batch, channels, length] }, dy: flatY };
  };
}

/** The outputs for which a tap reads inside the image, and where it reads first. */
function overlapOf(tap: number, params: ConvParams, sides: { input: number; output: number }) {
  const shift = tap * params.dilation - params.padding;
  const first = Math.max(0, Math.ceil(-shift / params.stride));
  const last = Math.min(sides.output - 1, Math.floor((sides.input - 1 - shift) / params.stride));
  return { first, count: last - first + 1, start: first * params.stride + shift };
}

function overlapTaps(
  b: OnnxBuilder,
  params: ConvParams,
  [x, dy]: readonly [Operand, Operand],
): TakeTap {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const [, filters, outputHeight, outputWidth] = dy.shape as [number, number, number, number];
  const { stride } = params;
  return (i, j) => {
    const rows = overlapOf(i, params, { input: height, output: outputHeight });
    const columns = overlapOf(j, params, { input: width, output: outputWidth });
    if (rows.count <= 0 || columns.count <= 0) return undefined;
    const length = rows.count * columns.count;
    const reach = (start: number, count: number) => start + (count - 1) * stride + 1;
    const partOfX = b.emit('Slice', [
      x.name,
      b.ints([rows.start, columns.start]),
      b.ints([reach(rows.start, rows.count), reach(columns.start, columns.count)]),
      b.ints([2, 3]),
      b.ints([stride, stride]),
    ]);
    const ends = [rows.first + rows.count, columns.first + columns.count];
    const partOfY = b.emit('Slice', [
      dy.name,
      b.ints([rows.first, columns.first]),
      b.ints(ends),
      b.ints([2, 3]),
    ]);
    const flatten = (name: Name, side: number): Operand => {
      const shape = [batch, side, length];
      return { name: b.emit('Reshape', [name, b.ints(shape)]), shape };
    };
    return { x: flatten(partOfX, channels), dy: flatten(partOfY, filters) };
  };
}

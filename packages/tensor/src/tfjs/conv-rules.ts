/**
 * Convolution and its two gradients, of kernels that every backend has. TensorFlow.js convolves without groups, refuses stride
 * and dilation together, has no gradient of a dilated convolution, and no filter gradient at all on WebAssembly.
 *
 * A dilated convolution is a dense one on every `dilation`-th pixel: spaceToBatchND deals the pixels out, batchToSpaceND brings
 * the results back.
 */
import {
  batchToSpaceND,
  concat,
  conv2d,
  depthwiseConv2d,
  matMul,
  reshape,
  reverse,
  slice,
  spaceToBatchND,
  stack,
  type Tensor,
  type Tensor4D,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { ConvParams } from '../ir/op.ts';
import type { TfjsCall } from './rules.ts';
import {
  type Span,
  sidesOf,
  spreadOut,
  takeEvery,
  takeWindow,
  toChannelsFirst,
  toChannelsLast,
} from './windows.ts';

export function evaluateConv({ params, inputs: [x, weight] }: TfjsCall<'conv2d'>): Tensor {
  const { padding } = params;
  const [, , height, width] = sidesOf(x!);
  const around = (side: number): Span => ({ start: -padding, length: side + 2 * padding });
  const padded = takeWindow(toChannelsLast(x!), [around(height), around(width)]);
  return toChannelsFirst(convolve(padded, weight!, params));
}

type Steps = Omit<ConvParams, 'padding'>;

/** x `[N, H, W, C]`, weight `[K, C/groups, h, w]` -> `[N, H', W', K]`, without padding. */
function convolve(x: Tensor4D, weight: Tensor, steps: Steps): Tensor4D {
  if (steps.dilation > 1) return convolveDilated(x, weight, steps);
  const { stride, groups } = steps;
  if (groups === 1) {
    const filter = transpose(weight, [2, 3, 1, 0]) as Tensor4D; // filters have rank 4
    return conv2d(x, filter, stride, 'valid');
  }
  const [filters, perGroup, height, width] = sidesOf(weight);
  if (perGroup === 1) {
    const grouped = reshape(weight, [groups, filters / groups, height, width]);
    const filter = transpose(grouped, [2, 3, 0, 1]) as Tensor4D; // as reshaped
    return depthwiseConv2d(x, filter, stride, 'valid');
  }
  return concat(
    Array.from({ length: groups }, (_, group) =>
      convolve(takeChannels(x, group, perGroup), takeFilters(weight, group, filters / groups), {
        ...steps,
        groups: 1,
      }),
    ),
    3,
  );
}

function takeChannels(x: Tensor4D, group: number, count: number): Tensor4D {
  const [batch, height, width] = x.shape;
  return slice(x, [0, 0, 0, group * count], [batch, height, width, count]);
}

function takeFilters(weight: Tensor, group: number, count: number): Tensor {
  const [, perGroup, height, width] = sidesOf(weight);
  return slice(weight, [group * count, 0, 0, 0], [count, perGroup, height, width]);
}

function convolveDilated(
  x: Tensor4D,
  weight: Tensor,
  { stride, dilation, groups }: Steps,
): Tensor4D {
  const [, height, width] = x.shape;
  const [, , rows, columns] = sidesOf(weight);
  const missing = (side: number) => (dilation - (side % dilation)) % dilation;
  const added = [
    [0, missing(height)],
    [0, missing(width)],
  ];
  const dealt = spaceToBatchND(x, [dilation, dilation], added);
  const dense = convolve(dealt as Tensor4D, weight, { stride: 1, dilation: 1, groups });
  // What was added to divide evenly reads nothing but the added zeros, and is cut off.
  const output = (side: number, size: number) => side - dilation * (size - 1);
  const [outputHeight, outputWidth] = [output(height, rows), output(width, columns)];
  const back = batchToSpaceND(dense, [dilation, dilation], added) as Tensor4D; // same rank
  const every = (side: number): Span => ({ start: 0, length: Math.ceil(side / stride) });
  return stride === 1 ? back : takeEvery(back, [every(outputHeight), every(outputWidth)], stride);
}

/** dx is the convolution of dy, its values `stride` apart, with the filter flipped and its channel axes swapped. */
export function evaluateConvInputGrad({
  params,
  inputs: [dy, weight],
}: TfjsCall<'conv2dInputGrad'>): Tensor {
  const { stride, padding, dilation, groups, height, width } = params;
  const [, , rows, columns] = sidesOf(weight!);
  const around = (side: number, size: number): Span => {
    const reach = dilation * (size - 1);
    return { start: padding - reach, length: side + reach };
  };
  const spread = spreadOut(toChannelsLast(dy!), stride);
  const window = takeWindow(spread, [around(height, rows), around(width, columns)]);
  return toChannelsFirst(convolve(window, flip(weight!, groups), { stride: 1, dilation, groups }));
}

/** `[K, C/groups, h, w]` -> `[C, K/groups, h, w]`, upside down and back to front. */
function flip(weight: Tensor, groups: number): Tensor {
  const [filters, perGroup, height, width] = sidesOf(weight);
  const grouped = reshape(weight, [groups, filters / groups, perGroup, height, width]);
  const swapped = transpose(grouped, [0, 2, 1, 3, 4]);
  return reverse(reshape(swapped, [groups * perGroup, filters / groups, height, width]), [2, 3]);
}

/** One product per filter tap: the part of x that the tap reads, times the part of dy that it made. */
export function evaluateConvFilterGrad({
  params,
  inputs: [x, dy],
  shape,
}: TfjsCall<'conv2dFilterGrad'>): Tensor {
  const { groups, size } = params;
  const [filters, perGroup] = sidesOf({ shape });
  const maps = { x: toChannelsLast(x!), dy: toChannelsLast(dy!) };
  const taps: Tensor[] = [];
  for (let i = 0; i < size[0]; i++) {
    for (let j = 0; j < size[1]; j++) {
      const rows = findOverlap(i, params, { input: maps.x.shape[1], output: maps.dy.shape[1] });
      const columns = findOverlap(j, params, { input: maps.x.shape[2], output: maps.dy.shape[2] });
      taps.push(
        rows.count <= 0 || columns.count <= 0
          ? zeros([groups, filters / groups, perGroup])
          : multiplyTap(maps, { rows, columns }, params),
      );
    }
  }
  return reshape(stack(taps, 3), [...shape]);
}

type Maps = { readonly x: Tensor4D; readonly dy: Tensor4D };
type Overlap = { readonly first: number; readonly count: number; readonly start: number };

/** `[g, K/g, C/g]`: over all positions of the overlap, dy times x. */
function multiplyTap(
  { x, dy }: Maps,
  { rows, columns }: { readonly rows: Overlap; readonly columns: Overlap },
  { stride, groups }: ConvParams,
): Tensor {
  const read = ({ start, count }: Overlap): Span => ({ start, length: count });
  const made = ({ first, count }: Overlap): Span => ({ start: first, length: count });
  const partOfX = takeEvery(x, [read(rows), read(columns)], stride);
  const partOfY = takeEvery(dy, [made(rows), made(columns)], 1);
  const [left, right] = [byGroup(partOfY, groups), byGroup(partOfX, groups)];
  return matMul(left, right, true, false);
}

/** `[N, H, W, C]` -> `[groups, N * H * W, C / groups]`. */
function byGroup(x: Tensor4D, groups: number): Tensor {
  const channels = x.shape[3] / groups;
  const positions = x.size / x.shape[3];
  if (groups === 1) return reshape(x, [1, positions, channels]);
  return transpose(reshape(x, [positions, groups, channels]), [1, 0, 2]);
}

/** The outputs for which a tap reads inside the image (`count` from `first`), and where it reads first. */
function findOverlap(
  tap: number,
  { stride, padding, dilation }: ConvParams,
  sides: { readonly input: number; readonly output: number },
): Overlap {
  const shift = tap * dilation - padding;
  const first = Math.max(0, Math.ceil(-shift / stride));
  const last = Math.min(sides.output - 1, Math.floor((sides.input - 1 - shift) / stride));
  return { first, count: last - first + 1, start: first * stride + shift };
}

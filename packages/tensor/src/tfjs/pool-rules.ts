/** Pooling and resizing, of kernels that every backend has. */
import {
  add,
  broadcastTo,
  equal,
  logicalAnd,
  logicalNot,
  matMul,
  maxPool,
  mean,
  mul,
  pad,
  reshape,
  slice,
  type Tensor,
  type Tensor4D,
  tensor2d,
  transpose,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { WindowParams } from '../ir/op.ts';
import { interpolationMatrix } from '../lower/interpolation.ts';
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

/** x `[N, H, W, C]` inside a border that never wins. */
function fence(x: Tensor4D, { padding }: WindowParams): Tensor4D {
  const around = (side: number): Span => ({ start: -padding, length: side + 2 * padding });
  return takeWindow(x, [around(x.shape[1]), around(x.shape[2])], Number.NEGATIVE_INFINITY);
}

export function evaluateMaxPool({ params, inputs: [x] }: TfjsCall<'maxPool'>): Tensor {
  const fenced = fence(toChannelsLast(x!), params);
  return toChannelsFirst(maxPool(fenced, params.size, params.stride, 'valid'));
}

/** Compares every place of a window with the window's maximum; the first that equals it, row by row, takes dy. */
export function evaluateMaxPoolGrad({ params, inputs: [x, dy] }: TfjsCall<'maxPoolGrad'>): Tensor {
  const { size, stride, padding } = params;
  const fenced = fence(toChannelsLast(x!), params);
  const largest = maxPool(fenced, size, stride, 'valid');
  const gradient = toChannelsLast(dy!);
  const [, rows, columns] = gradient.shape;
  const [, , height, width] = sidesOf(x!);
  let open: Tensor4D = equal(largest, largest); // windows whose maximum is not found yet
  let total: Tensor4D | undefined;
  for (let tap = 0; tap < size * size; tap++) {
    const [i, j] = [Math.floor(tap / size), tap % size];
    const spans: [Span, Span] = [
      { start: i, length: rows },
      { start: j, length: columns },
    ];
    const wins = logicalAnd(open, equal(takeEvery(fenced, spans, stride), largest));
    open = logicalAnd(open, logicalNot(wins));
    const spread = spreadOut(where(wins, gradient, zerosLike(gradient)), stride);
    const placed = takeWindow(spread, [
      { start: padding - i, length: height },
      { start: padding - j, length: width },
    ]);
    total = total === undefined ? placed : add(total, placed);
  }
  return toChannelsFirst(total!);
}

export function evaluateAvgPool({ params: { size }, inputs: [x], shape }: TfjsCall<'avgPool'>) {
  const [batch, channels, rows, columns] = sidesOf({ shape });
  const whole = slice(x!, [0, 0, 0, 0], [batch, channels, rows * size, columns * size]);
  const cells = reshape(whole, [batch * channels * rows, size, columns, size]);
  return reshape(mean(cells, [1, 3]), [...shape]);
}

export function evaluateAvgPoolGrad({
  params: { size, height, width },
  inputs: [dy],
  shape,
}: TfjsCall<'avgPoolGrad'>): Tensor {
  const [batch, channels, rows, columns] = sidesOf(dy!);
  const lines = batch * channels * rows;
  const cells = reshape(mul(dy!, 1 / (size * size)), [lines, 1, columns, 1]);
  const repeated = broadcastTo(cells, [lines, size, columns, size]);
  const map = reshape(repeated, [batch * channels, rows * size, columns * size]);
  const missing: [number, number][] = [
    [0, 0],
    [0, height - rows * size],
    [0, width - columns * size],
  ];
  return reshape(pad(map, missing), [...shape]);
}

export function evaluateResize({ params, inputs: [x], shape }: TfjsCall<'resize'>): Tensor {
  const [, , height, width] = sidesOf(x!);
  const { alignCorners } = params;
  const across = interpolationMatrix({
    from: width,
    to: params.width,
    alignCorners,
    transposed: true,
  });
  const down = interpolationMatrix({
    from: height,
    to: params.height,
    alignCorners,
    transposed: true,
  });
  return multiplyAxes(x!, {
    across: tensor2d(across, [width, params.width]),
    down: tensor2d(down, [height, params.height]),
    shape,
  });
}

export function evaluateResizeGrad({
  params,
  inputs: [dy],
  shape,
}: TfjsCall<'resizeGrad'>): Tensor {
  const [, , height, width] = sidesOf(dy!);
  const { alignCorners } = params;
  const across = interpolationMatrix({ from: params.width, to: width, alignCorners });
  const down = interpolationMatrix({ from: params.height, to: height, alignCorners });
  return multiplyAxes(dy!, {
    across: tensor2d(across, [width, params.width]),
    down: tensor2d(down, [height, params.height]),
    shape,
  });
}

type Factors = {
  /** `[W, W']`. */
  readonly across: Tensor;
  /** `[H, H']`. */
  readonly down: Tensor;
  readonly shape: readonly number[];
};

/** Every map `[H, W]` of x times both matrices: `[N, C, H', W']`. Flat products: WebAssembly broadcasts no matrices. */
function multiplyAxes(x: Tensor, { across, down, shape }: Factors): Tensor {
  const [batch, channels, height, width] = sidesOf(x);
  const [, , rows, columns] = sidesOf({ shape });
  const maps = batch * channels;
  const wide = matMul(reshape(x, [maps * height, width]), across);
  const turned = transpose(reshape(wide, [maps, height, columns]), [0, 2, 1]);
  const high = matMul(reshape(turned, [maps * columns, height]), down);
  return reshape(transpose(reshape(high, [maps, columns, rows]), [0, 2, 1]), [...shape]);
}

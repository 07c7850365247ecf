/**
 * The one list of operations. Every pass is a total table over it: shapes (ir/shapes.ts), gradients (autodiff/gradient-rules.ts),
 * ONNX (lower/onnx-rules.ts); an operation without a rule does not compile.
 *
 * Tensors are float32 `[N, C, H, W]` where an operation is spatial. Padding is symmetric, windows and strides are square.
 */
import type { Shape } from '../shape.ts';

type None = Readonly<Record<never, never>>;

export type ConvParams = {
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
};
export type WindowParams = {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
};
export type ResizeParams = {
  readonly height: number;
  readonly width: number;
  readonly alignCorners: boolean;
};

export type ReduceParams = { readonly axes: readonly number[]; readonly keepDims: boolean };

export type OpParams = {
  // ** 1 -- leaves **
  /** Fed at every run: data, learning rate, dropout masks, and weights while training. */
  input: { readonly name: string; readonly shape: Shape };
  constant: { readonly data: Float32Array; readonly shape: Shape };

  // ** 2 -- elementwise, NumPy broadcasting **
  add: None;
  sub: None;
  mul: None;
  div: None;
  maximum: None;
  minimum: None;
  /** a > b as a bool tensor; false where either is NaN, as are the next two. */
  greater: None;
  /** a >= b. */
  greaterEqual: None;
  /** a = b. */
  equal: None;
  /** Of bool tensors. */
  and: None;
  /** Of one bool tensor. */
  not: None;
  /** Inputs condition (bool), a, b. */
  where: None;

  // ** 3 -- elementwise, one input **
  neg: None;
  exp: None;
  log: None;
  sqrt: None;
  abs: None;
  /** -1, 0 or 1. */
  sign: None;
  relu: None;
  /** Inputs dy and y = relu(x): dy where y > 0. */
  reluGrad: None;
  sigmoid: None;
  /** log(1 + e^x), without overflow. */
  softplus: None;
  clip: { readonly minimum: number; readonly maximum: number };

  /** The same values; no gradient passes. */
  detach: None;

  // ** 4 -- layout **
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  expand: { readonly shape: Shape };
  concat: { readonly axis: number };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  /** Zeros before and after along one axis: the gradient of slice. */
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  /** Inputs x and indices `[n]` (whole float32 numbers, limited to the axis): those entries of one axis. */
  gather: { readonly axis: number };
  /** Inputs y and indices `[n]`: adds the entries of y to zeros of `size` along the axis; the gradient of gather. */
  scatterAdd: { readonly axis: number; readonly size: number };

  // ** 5 -- reductions and products **
  sum: ReduceParams;
  /** Maximum over axes that are not empty. */
  max: ReduceParams;
  /** `[N, C, ...]` -> `[C]`. */
  channelSum: None;
  matmul: None;
  softmax: { readonly axis: number };

  // ** 6 -- convolution; inputs x `[N,C,H,W]`, weight `[K,C/groups,h,w]` **
  conv2d: ConvParams;
  /** Inputs dy, weight. */
  conv2dInputGrad: ConvParams & { readonly height: number; readonly width: number };
  /** Inputs x, dy. */
  conv2dFilterGrad: ConvParams & { readonly size: readonly [number, number] };

  // ** 7 -- pooling and resizing **
  maxPool: WindowParams;
  /** Inputs x, dy. */
  maxPoolGrad: WindowParams;
  avgPool: { readonly size: number };
  avgPoolGrad: { readonly size: number; readonly height: number; readonly width: number };
  globalAvgPool: None;
  resize: ResizeParams;
  /** Input dy; the size is that of the original. */
  resizeGrad: ResizeParams;

  // ** 8 -- batch normalization; inputs x, weight, bias, mean, variance; all but x are `[C]` **
  /** Mean over N, H, W. */
  channelMean: None;
  /** Biased variance over N, H, W; inputs x, mean. */
  channelVariance: None;
  /** Normalization by given statistics, which are constants to the gradient. */
  batchNorm: { readonly epsilon: number };
  /** The same numbers, where mean and variance ARE those of x: the gradient goes through them. */
  batchNormTrain: { readonly epsilon: number };
  /** Inputs dy, x, weight, mean, variance, weightGrad, biasGrad. */
  batchNormInputGrad: { readonly epsilon: number };
  /** Inputs dy, x, mean, variance, biasGrad. */
  batchNormWeightGrad: { readonly epsilon: number };
};

export type OpName = keyof OpParams;
export type DType = 'float32' | 'bool';

/**
 * Every operation on TensorFlow.js, evaluated at once, in float32. Tensors stay `[N, C, H, W]`; the kernels that know only
 * `[N, H, W, C]` are fed transposed copies (windows.ts).
 *
 * A rule may make as many tensors as it likes: the evaluator frees all but the result.
 */
import {
  abs,
  add,
  broadcastTo,
  clipByValue,
  concat,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  matMul,
  max,
  mean,
  mul,
  neg,
  pad,
  relu,
  reshape,
  sigmoid,
  slice,
  sqrt,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import type { OpName, OpParams } from '../ir/op.ts';
import { broadcastShapes, equalShapes, type Shape } from '../shape.ts';
import { evaluateConv, evaluateConvFilterGrad, evaluateConvInputGrad } from './conv-rules.ts';
import { evaluateGather, evaluateScatterAdd } from './index-rules.ts';
import {
  evaluateBatchNorm,
  evaluateBatchNormInputGrad,
  evaluateBatchNormWeightGrad,
  evaluateChannelMean,
  evaluateChannelSum,
  evaluateChannelVariance,
} from './norm-rules.ts';
import {
  evaluateAvgPool,
  evaluateAvgPoolGrad,
  evaluateMaxPool,
  evaluateMaxPoolGrad,
  evaluateResize,
  evaluateResizeGrad,
} from './pool-rules.ts';

/** One operation to evaluate. */
export type TfjsCall<K extends OpName> = {
  readonly params: OpParams[K];
  readonly inputs: readonly Tensor[];
  /** Shape of the result. */
  readonly shape: Shape;
  /** What the program's inputs hold, by name. */
  readonly feeds: Readonly<Record<string, Float32Array>>;
};
/** From inputs to the result, which may be one of the inputs. */
type TfjsRule<K extends OpName> = (call: TfjsCall<K>) => Tensor;

const unary =
  (evaluate: (x: Tensor) => Tensor) =>
  ({ inputs: [x] }: TfjsCall<OpName>): Tensor =>
    evaluate(x!);
const binary =
  (evaluate: (a: Tensor, b: Tensor) => Tensor) =>
  ({ inputs: [a, b] }: TfjsCall<OpName>): Tensor =>
    evaluate(a!, b!);

export const tfjsRules: { readonly [K in OpName]: TfjsRule<K> } = {
  input: ({ params: { name }, shape, feeds }) => tensor(feeds[name]!, [...shape]),
  constant: ({ params: { data }, shape }) => tensor(data, [...shape]),
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div),
  // The WebAssembly kernels of maximum and minimum drop a NaN on the right.
  maximum: binary((a, b) => where(logicalOr(greater(a, b), isNotANumber(a)), a, b)),
  minimum: binary((a, b) => where(logicalOr(greater(b, a), isNotANumber(a)), a, b)),
  greater: binary(greater),
  greaterEqual: binary(greaterEqual),
  equal: binary(equal),
  and: binary(logicalAnd),
  not: unary(logicalNot),
  where: ({ inputs: [condition, a, b] }) => where(condition!, a!, b!),
  neg: unary(neg),
  exp: unary(exp),
  log: unary(log),
  sqrt: unary(sqrt),
  abs: unary(abs),
  // TensorFlow.js's own gives 0 for NaN and, in WebAssembly, for small numbers; zeros and NaN are their own sign.
  sign: unary((x) => where(greater(x, 0), 1, where(greater(0, x), -1, x))),
  relu: unary(relu),
  reluGrad: ({ inputs: [dy, y] }) => where(greater(y!, 0), dy!, 0),
  sigmoid: unary(sigmoid),
  // max(x, 0) + log(1 + e^-|x|): no power overflows, and log1p keeps the digits of small ones.
  softplus: unary((x) => add(relu(x), log1p(exp(neg(abs(x)))))),
  clip: ({ params, inputs: [x] }) => clipByValue(x!, params.minimum, params.maximum),
  detach: unary((x) => x),
  reshape: ({ inputs: [x], shape }) => reshape(x!, [...shape]),
  transpose: ({ params: { permutation }, inputs: [x] }) => transpose(x!, [...permutation]),
  expand: ({ inputs: [x], shape }) => broadcastTo(x!, [...shape]),
  concat: ({ params: { axis }, inputs }) => concat([...inputs], axis),
  slice: ({ params: { axis, start }, inputs: [x], shape }) =>
    slice(
      x!,
      x!.shape.map((_, i) => (i === axis ? start : 0)),
      [...shape],
    ),
  pad: ({ params: { axis, before, after }, inputs: [x] }) =>
    pad(
      x!,
      x!.shape.map((_, i) => (i === axis ? [before, after] : [0, 0])),
    ),
  gather: evaluateGather,
  scatterAdd: evaluateScatterAdd,
  sum: ({ params: { axes, keepDims }, inputs: [x], shape }) => {
    if (axes.length === 0) return x!;
    return x!.size === 0 ? zeros([...shape]) : sum(x!, [...axes], keepDims);
  },
  max: ({ params: { axes, keepDims }, inputs: [x] }) =>
    axes.length === 0 ? x! : max(x!, [...axes], keepDims),
  channelSum: evaluateChannelSum,
  matmul: evaluateMatmul,
  softmax: ({ params: { axis }, inputs: [x] }) => {
    const powers = exp(sub(x!, max(x!, axis, true)));
    return div(powers, sum(powers, axis, true));
  },
  conv2d: evaluateConv,
  conv2dInputGrad: evaluateConvInputGrad,
  conv2dFilterGrad: evaluateConvFilterGrad,
  maxPool: evaluateMaxPool,
  maxPoolGrad: evaluateMaxPoolGrad,
  avgPool: evaluateAvgPool,
  avgPoolGrad: evaluateAvgPoolGrad,
  globalAvgPool: unary((x) => mean(x, [2, 3], true)),
  resize: evaluateResize,
  resizeGrad: evaluateResizeGrad,
  channelMean: evaluateChannelMean,
  channelVariance: evaluateChannelVariance,
  batchNorm: evaluateBatchNorm,
  batchNormTrain: evaluateBatchNorm,
  batchNormInputGrad: evaluateBatchNormInputGrad,
  batchNormWeightGrad: evaluateBatchNormWeightGrad,
};

/** `isNaN` has no WebAssembly kernel. */
const isNotANumber = (x: Tensor): Tensor => logicalNot(equal(x, x));

/** Leading axes are broadcast here: the WebAssembly kernel does it for equal ones only, and is silently wrong otherwise. */
function evaluateMatmul({ inputs: [a, b], shape }: TfjsCall<'matmul'>): Tensor {
  if (a!.size === 0 || b!.size === 0) return zeros([...shape]);
  const [batchOfA, batchOfB] = [a!.shape.slice(0, -2), b!.shape.slice(0, -2)];
  if (equalShapes(batchOfA, batchOfB)) return matMul(a!, b!);
  const batch = broadcastShapes('matmul', batchOfA, batchOfB);
  const spread = (x: Tensor) => broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
  return matMul(spread(a!), spread(b!));
}

/**
 * Batch normalization in few sweeps over memory. Sums run over each map, then over the batch; affine passes are depthwise 1x1
 * convolutions, which ONNX Runtime spreads over its threads (its BatchNormalization runs on one) and fuses with what follows.
 */
import { sizeOf } from '../shape.ts';
import type { Name, OnnxBuilder } from './onnx-model.ts';
import type { LowerCall, Operand } from './onnx-rules.ts';

/** `[N, C, L]` -> `[C]` by two reductions, each along one axis: the cases ONNX Runtime has fast kernels for. */
function sumPerChannel(b: OnnxBuilder, x: Operand, outputs?: readonly Name[]): Name {
  const maps = b.emit('ReduceSum', [flatMaps(b, x), b.ints([2])], { keepdims: 0 });
  return b.emit('ReduceSum', [maps, b.ints([0])], { keepdims: 0 }, outputs);
}

/** Up to this many pixels there is little to win. */
const smallMap = 1024;

/**
 * sum(x * y) per channel; nothing of the size of x is written. Every map of x is convolved with the same map of y as its filter,
 * which is one product of vectors: twice as fast as multiplying and summing, and 2 to 4 times as fast as ReduceSumSquare.
 */
function sumProducts(b: OnnxBuilder, x: Operand, y: Operand, outputs?: readonly Name[]): Name {
  const [batch, channels] = x.shape as [number, number];
  const [maps, length] = [batch * channels, sizeOf(x.shape.slice(2))];
  if (maps === 0 || length <= smallMap || !b.kernels.wideFilters) {
    const products = x.name === y.name ? undefined : b.emit('Mul', [x.name, y.name]);
    if (products !== undefined)
      return sumPerChannel(b, { name: products, shape: x.shape }, outputs);
    const squares = b.emit('ReduceSumSquare', [flatMaps(b, x)], { axes: [2], keepdims: 0 });
    return b.emit('ReduceSum', [squares, b.ints([0])], { keepdims: 0 }, outputs);
  }
  const rows = b.emit('Reshape', [x.name, b.ints([1, maps, 1, length])]);
  const filters = b.emit('Reshape', [y.name, b.ints([maps, 1, 1, length])]);
  const dots = b.emit('Conv', [rows, filters], { kernel_shape: [1, length], group: maps });
  const table = b.emit('Reshape', [dots, b.ints([batch, channels])]);
  return b.emit('ReduceSum', [table, b.ints([0])], { keepdims: 0 }, outputs);
}

function flatMaps(b: OnnxBuilder, x: Operand): Name {
  const [batch, channels] = x.shape as [number, number];
  const length = x.shape.slice(2).reduce((a, side) => a * side, 1);
  return b.emit('Reshape', [x.name, b.ints([batch, channels, length])], { allowzero: 1 });
}

type Affine = {
  readonly x: Operand;
  /** `[C]` both. */
  readonly factor: Name;
  readonly offset: Name;
  /** Added to the result, shaped like x. */
  readonly plus?: Name;
  readonly outputs?: readonly Name[];
};

/** x * factor + offset per channel, in one pass over `[N, C, H, W]`. */
function affine(b: OnnxBuilder, { x, factor, offset, plus, outputs }: Affine): Name {
  const channels = x.shape[1]!;
  const filter = b.emit('Reshape', [factor, b.ints([channels, 1, 1, 1])]);
  const inputs = [x.name, filter, offset];
  const attributes = { kernel_shape: [1, 1], group: channels };
  if (plus === undefined) return b.emit('Conv', inputs, attributes, outputs);
  return b.kernels.addsInConv
    ? b.emit('FusedConv', [...inputs, plus], attributes, outputs)
    : b.emit('Add', [b.emit('Conv', inputs, attributes), plus], {}, outputs);
}

const countOf = ({ shape }: Operand): number => sizeOf(shape) / shape[1]!;

export function lowerChannelSum({ b, inputs: [x], out }: LowerCall<'channelSum'>): void {
  sumPerChannel(b, x!, [out.name]);
}

export function lowerChannelMean({ b, inputs: [x], out }: LowerCall<'channelMean'>): void {
  b.emit('Mul', [sumPerChannel(b, x!), b.filled(1 / countOf(x!), [])], {}, [out.name]);
}

/** Up to this many values a centered copy costs nothing that could be measured. */
const smallSize = 2 ** 16;

/**
 * E[x^2] - E[x]^2, not below 0: off by (mean / deviation)^2 roundings, which is little for the maps of a normalized network. Means over
 * a whole image differ far less between images than from 0 (200 deviations were seen), so small tensors are centered first.
 */
export function lowerChannelVariance({
  b,
  inputs: [x, mean],
  out,
}: LowerCall<'channelVariance'>): void {
  const share = b.filled(1 / countOf(x!), []);
  if (sizeOf(x!.shape) <= smallSize) {
    const aligned = [1, x!.shape[1]!, ...x!.shape.slice(2).map(() => 1)];
    const column = b.emit('Reshape', [mean!.name, b.ints(aligned)]);
    const centered = { name: b.emit('Sub', [x!.name, column]), shape: x!.shape };
    b.emit('Mul', [sumProducts(b, centered, centered), share], {}, [out.name]);
    return;
  }
  const square = b.emit('Mul', [sumProducts(b, x!, x!), share]);
  const difference = b.emit('Sub', [square, b.emit('Mul', [mean!.name, mean!.name])]);
  b.emit('Relu', [difference], {}, [out.name]);
}

/** ONNX's inference form, for predictors: ONNX Runtime knows it and lays it out anew when weights are constants. */
export function lowerBatchNorm({ b, params, inputs, out }: LowerCall<'batchNorm'>): void {
  b.emit(
    'BatchNormalization',
    inputs.map(({ name }) => name),
    { epsilon: { float: params.epsilon } },
    [out.name],
  );
}

/** y = x * scale + (bias - mean * scale), scale = weight / deviation. */
export function lowerBatchNormTrain({ b, params, inputs, out }: LowerCall<'batchNormTrain'>): void {
  const [x, weight, bias, mean, variance] = inputs as readonly [
    Operand,
    Operand,
    Operand,
    Operand,
    Operand,
  ];
  const factor = b.emit('Mul', [weight.name, inverseDeviation(b, variance, params.epsilon)]);
  const offset = b.emit('Sub', [bias.name, b.emit('Mul', [mean.name, factor])]);
  affine(b, { x, factor, offset, outputs: [out.name] });
}

function inverseDeviation(b: OnnxBuilder, variance: Operand, epsilon: number): Name {
  return b.emit('Reciprocal', [
    b.emit('Sqrt', [b.emit('Add', [variance.name, b.filled(epsilon, [])])]),
  ]);
}

/** sum(dy * (x - mean)) / deviation = (sum(dy * x) - mean * sum(dy)) / deviation. */
export function lowerBatchNormWeightGrad({
  b,
  params,
  inputs,
  out,
}: LowerCall<'batchNormWeightGrad'>): void {
  const [dy, x, mean, variance, biasGrad] = inputs as readonly [
    Operand,
    Operand,
    Operand,
    Operand,
    Operand,
  ];
  const centered = b.emit('Sub', [
    sumProducts(b, dy, x),
    b.emit('Mul', [mean.name, biasGrad.name]),
  ]);
  b.emit('Mul', [centered, inverseDeviation(b, variance, params.epsilon)], {}, [out.name]);
}

/**
 * dx = scale * dy + r * x + c with scale = weight / deviation, r = -scale * weightGrad / (deviation * M),
 * c = -scale * biasGrad / M - r * mean: two affine passes, of which the second adds the first.
 */
export function lowerBatchNormInputGrad({
  b,
  params,
  inputs,
  out,
}: LowerCall<'batchNormInputGrad'>): void {
  const [dy, x, weight, mean, variance, weightGrad, biasGrad] = inputs as readonly [
    Operand,
    Operand,
    Operand,
    Operand,
    Operand,
    Operand,
    Operand,
  ];
  const inverse = inverseDeviation(b, variance, params.epsilon);
  const scale = b.emit('Mul', [weight.name, inverse]);
  const share = b.emit('Mul', [scale, b.filled(-1 / countOf(x), [])]);
  const r = b.emit('Mul', [share, b.emit('Mul', [inverse, weightGrad.name])]);
  const c = b.emit('Sub', [b.emit('Mul', [biasGrad.name, share]), b.emit('Mul', [r, mean.name])]);
  const correction = affine(b, { x, factor: r, offset: c });
  const none = b.filled(0, [x.shape[1]!]);
  affine(b, { x: dy, factor: scale, offset: none, plus: correction, outputs: [out.name] });
}

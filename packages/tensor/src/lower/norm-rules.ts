/**
 * Batch normalization. Sums over N, H, W are matrix products: with a ones vector for a plain sum, of a map with itself for a sum
 * of squares, so that x is read once and nothing of its size is written.
 */
import { sizeOf } from '../shape.ts';
import type { Name, OnnxBuilder } from './onnx-model.ts';
import type { LowerCall, Operand } from './onnx-rules.ts';

/** Sum over the map and the batch of x * y, or of x alone: `[C]`. */
function sumPerChannel(b: OnnxBuilder, x: Operand, y?: Operand, outputs?: readonly Name[]): Name {
  const [batch, channels] = x.shape as [number, number];
  const length = sizeOf(x.shape) / (batch * channels);
  const rows = b.emit('Reshape', [x.name, b.ints([batch, channels, 1, length])]);
  const columns =
    y === undefined
      ? b.filled(1, [length, 1])
      : b.emit('Reshape', [y.name, b.ints([batch, channels, length, 1])]);
  const products = b.emit('MatMul', [rows, columns]);
  return b.emit('ReduceSum', [products, b.ints([0, 2, 3])], { keepdims: 0 }, outputs);
}

const countOf = ({ shape }: Operand): number => sizeOf(shape) / shape[1]!;

export function lowerChannelSum({ b, inputs: [x], out }: LowerCall<'channelSum'>): void {
  sumPerChannel(b, x!, undefined, [out.name]);
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
    b.emit('Mul', [sumPerChannel(b, centered, centered), share], {}, [out.name]);
    return;
  }
  const square = b.emit('Mul', [sumPerChannel(b, x!, x!), share]);
  const difference = b.emit('Sub', [square, b.emit('Mul', [mean!.name, mean!.name])]);
  b.emit('Relu', [difference], {}, [out.name]);
}

/** ONNX's inference form applies mean, variance, weight and bias in one pass. */
export function lowerBatchNorm({
  b,
  params,
  inputs,
  out,
}: LowerCall<'batchNorm' | 'batchNormTrain'>): void {
  b.emit(
    'BatchNormalization',
    inputs.map(({ name }) => name),
    { epsilon: { float: params.epsilon } },
    [out.name],
  );
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
    sumPerChannel(b, dy, x),
    b.emit('Mul', [mean.name, biasGrad.name]),
  ]);
  b.emit('Mul', [centered, inverseDeviation(b, variance, params.epsilon)], {}, [out.name]);
}

/**
 * dx = scale * (dy + r * x + c) with scale = weight / deviation, r = -weightGrad / (deviation * M),
 * c = -biasGrad / M - r * mean: two per-channel affine passes, which BatchNormalization can apply.
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
  const share = b.filled(-1 / countOf(x), []);
  const inverse = inverseDeviation(b, variance, params.epsilon);
  const scale = b.emit('Mul', [weight.name, inverse]);
  const r = b.emit('Mul', [b.emit('Mul', [inverse, weightGrad.name]), share]);
  const c = b.emit('Sub', [b.emit('Mul', [biasGrad.name, share]), b.emit('Mul', [r, mean.name])]);
  const affine = (
    input: Name,
    [factor, offset]: readonly [Name, Name],
    outputs?: readonly Name[],
  ) => {
    const zero = b.filled(0, [x.shape[1]!]);
    const one = b.filled(1, [x.shape[1]!]);
    return b.emit(
      'BatchNormalization',
      [input, factor, offset, zero, one],
      { epsilon: { float: 0 } },
      outputs,
    );
  };
  const corrected = b.emit('Add', [dy.name, affine(x.name, [r, c])]);
  affine(corrected, [scale, b.filled(0, [x.shape[1]!])], [out.name]);
}

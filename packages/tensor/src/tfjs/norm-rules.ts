/** Batch normalization by its definition: the variance is that of centered values, at any size. */
import {
  add,
  div,
  mean,
  mul,
  reshape,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import type { TfjsCall } from './rules.ts';

const otherAxes = (x: Tensor): number[] =>
  x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
const countOf = (x: Tensor): number => x.size / x.shape[1]!;

/** `[C]` -> `[1, C, 1, ...]`, as wide as x. */
function align(values: Tensor, x: Tensor): Tensor {
  return reshape(
    values,
    x.shape.map((side, axis) => (axis === 1 ? side : 1)),
  );
}

const inverseDeviation = (variance: Tensor, epsilon: number): Tensor =>
  rsqrt(add(variance, epsilon));

export function evaluateChannelSum({ inputs: [x], shape }: TfjsCall<'channelSum'>): Tensor {
  return x!.size === 0 ? zeros([...shape]) : sum(x!, otherAxes(x!));
}

export function evaluateChannelMean({ inputs: [x] }: TfjsCall<'channelMean'>): Tensor {
  return mean(x!, otherAxes(x!));
}

export function evaluateChannelVariance({ inputs: [x, m] }: TfjsCall<'channelVariance'>): Tensor {
  return mean(square(sub(x!, align(m!, x!))), otherAxes(x!));
}

export function evaluateBatchNorm({
  params,
  inputs: [x, weight, bias, m, variance],
}: TfjsCall<'batchNorm' | 'batchNormTrain'>): Tensor {
  const scale = mul(weight!, inverseDeviation(variance!, params.epsilon));
  return add(mul(sub(x!, align(m!, x!)), align(scale, x!)), align(bias!, x!));
}

/** sum(dy * (x - mean)) / deviation. */
export function evaluateBatchNormWeightGrad({
  params,
  inputs: [dy, x, m, variance],
}: TfjsCall<'batchNormWeightGrad'>): Tensor {
  const products = sum(mul(dy!, sub(x!, align(m!, x!))), otherAxes(x!));
  return mul(products, inverseDeviation(variance!, params.epsilon));
}

/** weight / deviation * (dy - (biasGrad + normalized x * weightGrad) / count). */
export function evaluateBatchNormInputGrad({
  params,
  inputs: [dy, x, weight, m, variance, weightGrad, biasGrad],
}: TfjsCall<'batchNormInputGrad'>): Tensor {
  const inverse = inverseDeviation(variance!, params.epsilon);
  const slope = align(mul(inverse, weightGrad!), x!);
  const removed = add(align(biasGrad!, x!), mul(sub(x!, align(m!, x!)), slope));
  return mul(sub(dy!, div(removed, countOf(x!))), align(mul(weight!, inverse), x!));
}

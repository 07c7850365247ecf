/**
 * How a random program comes to use each operation. Total over the operations: a new one without a draw, or the name of the one
 * whose gradient contains it, does not compile.
 */
import { stopGradient } from '../autodiff/gradients.ts';
import type { OpName } from '../ir/op.ts';
import type { Sym } from '../ir/program.ts';
import {
  abs,
  add,
  clip,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  log,
  logicalAnd,
  logicalNot,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  sub,
  where,
} from '../ops/elementwise.ts';
import {
  avgPool,
  conv2d,
  globalAvgPool,
  maxPool,
  normalizeBatch,
  normalizeChannels,
  resizeBilinear,
} from '../ops/image.ts';
import { concat, expand, gather, reshape, scatterAdd, slice, transpose } from '../ops/layout.ts';
import { channelSum, matmul, max, softmax, sum } from '../ops/reduce.ts';
import type { Shape } from '../shape.ts';
import {
  bounded,
  type Draft,
  drawChance,
  drawCondition,
  drawConstant,
  drawImage,
  drawLeaf,
  drawNarrower,
  drawOfRank,
  drawOfShape,
  drawTensor,
  drawWhole,
  positive,
  spread,
} from './draft.ts';

/** Applies the operation to tensors that the draft has or makes. */
type Draw = (draft: Draft) => Sym;
type Usage = Draw | { readonly through: OpName };

export const draws: { readonly [K in OpName]: Usage } = {
  input: { through: 'add' },
  constant: { through: 'add' },
  // Now and then neutral elements, for the pass that drops them.
  add: onPairs((draft, a, b) => (drawChance(draft, 0.2) ? add(a, 0) : add(a, b))),
  sub: onPairs((_, a, b) => sub(a, b)),
  mul: onPairs((draft, a, b) => (drawChance(draft, 0.2) ? mul(a, 1) : mul(a, bounded(draft, b)))),
  div: onPairs((draft, a, b) => div(a, positive(draft, b))),
  maximum: onPairs((draft, a, b) => maximum(spread(draft, a), b)),
  minimum: onPairs((draft, a, b) => minimum(a, spread(draft, b))),
  greater: onPairs((draft, a, b) => greater(spread(draft, a), b)),
  greaterEqual: onPairs((draft, a, b) => greaterEqual(a, spread(draft, b))),
  equal: onPairs((draft, a, b) => equal(signOf(spread(draft, a)), signOf(spread(draft, b)))),
  and: (draft) => {
    const { shape } = drawTensor(draft);
    return logicalAnd(drawCondition(draft, shape), drawCondition(draft, shape));
  },
  not: (draft) => logicalNot(drawCondition(draft, drawTensor(draft).shape)),
  where: onPairs((draft, a, b) => where(drawCondition(draft, a.shape), a, b)),
  neg: (draft) => neg(drawTensor(draft)),
  exp: (draft) => exp(bounded(draft, drawTensor(draft))),
  log: (draft) => log(positive(draft, drawTensor(draft))),
  sqrt: (draft) => sqrt(positive(draft, drawTensor(draft))),
  abs: (draft) => abs(spread(draft, drawTensor(draft))),
  sign: (draft) => signOf(spread(draft, drawTensor(draft))),
  relu: (draft) => relu(spread(draft, drawTensor(draft))),
  reluGrad: { through: 'relu' },
  sigmoid: (draft) => sigmoid(drawTensor(draft)),
  softplus: (draft) => softplus(drawTensor(draft)),
  clip: (draft) => clip(spread(draft, drawTensor(draft)), -0.7, 0.9),
  detach: (draft) => stopGradient(drawTensor(draft)),
  reshape: (draft) => {
    const x = drawTensor(draft);
    return reshape(x, draft.random.choice([[-1], [1, ...x.shape.slice(-3).map(() => 1), -1]]));
  },
  transpose: (draft) => {
    const x = drawTensor(draft);
    return transpose(x, draft.random.shuffle(x.shape.map((_, axis) => axis)));
  },
  expand: (draft) => {
    const x = drawTensor(draft);
    const wider = x.shape.map((side) => (side === 1 ? drawWhole(draft, 1, 3) : side));
    return expand(x, x.shape.length < 4 && drawChance(draft, 0.5) ? [2, ...wider] : wider);
  },
  concat: (draft) => {
    const x = drawOfRank(draft, 1);
    const axis = draft.random.integer(x.shape.length);
    return concat([x, drawLeaf(draft, x.shape.with(axis, drawWhole(draft, 1, 3)))], axis);
  },
  slice: (draft) => {
    const x = drawOfRank(draft, 1);
    const axis = draft.random.integer(x.shape.length);
    const start = draft.random.integer(x.shape[axis]!);
    return slice(x, { axis, start, end: drawWhole(draft, start + 1, x.shape[axis]!) });
  },
  pad: { through: 'slice' },
  gather: (draft) => {
    const x = drawOfRank(draft, 1);
    const axis = draft.random.integer(x.shape.length);
    return gather(x, { axis, indices: drawIndices(draft, x.shape[axis]!, drawWhole(draft, 1, 4)) });
  },
  scatterAdd: (draft) => {
    const x = drawOfRank(draft, 1);
    const axis = draft.random.integer(x.shape.length);
    const size = drawWhole(draft, 1, 5);
    return scatterAdd(x, { axis, size, indices: drawIndices(draft, size, x.shape[axis]!) });
  },
  sum: (draft) => {
    const x = drawTensor(draft);
    return sum(x, drawAxes(draft, x.shape), drawChance(draft, 0.5));
  },
  max: (draft) => {
    const x = drawTensor(draft);
    return max(spread(draft, x), drawAxes(draft, x.shape), drawChance(draft, 0.5));
  },
  channelSum: (draft) => channelSum(drawOfRank(draft, 2)),
  matmul: (draft) => {
    const a = drawOfRank(draft, 2);
    const batch = a.shape.slice(0, -2).map((side) => (drawChance(draft, 0.3) ? 1 : side));
    return matmul(
      a,
      drawConstantOrLeaf(draft, [...batch, a.shape.at(-1)!, drawWhole(draft, 1, 4)]),
    );
  },
  softmax: (draft) => {
    const x = drawOfRank(draft, 1);
    return softmax(x, draft.random.integer(x.shape.length));
  },
  conv2d: drawConv,
  conv2dInputGrad: { through: 'conv2d' },
  conv2dFilterGrad: { through: 'conv2d' },
  maxPool: (draft) => {
    const x = drawImage(draft);
    const size = drawWhole(draft, 1, Math.min(3, x.shape[2]!, x.shape[3]!));
    const padding = drawWhole(draft, 0, Math.floor(size / 2));
    return maxPool(spread(draft, x), { size, stride: drawWhole(draft, 1, 2), padding });
  },
  maxPoolGrad: { through: 'maxPool' },
  avgPool: (draft) => {
    const x = drawImage(draft);
    return avgPool(x, { size: drawWhole(draft, 1, Math.min(3, x.shape[2]!, x.shape[3]!)) });
  },
  avgPoolGrad: { through: 'avgPool' },
  globalAvgPool: (draft) => globalAvgPool(drawImage(draft)),
  resize: (draft) =>
    resizeBilinear(drawImage(draft), {
      height: drawWhole(draft, 1, 7),
      width: drawWhole(draft, 1, 7),
      alignCorners: drawChance(draft, 0.5),
    }),
  resizeGrad: { through: 'resize' },
  channelMean: { through: 'batchNormTrain' },
  channelVariance: { through: 'batchNormTrain' },
  batchNorm: (draft) => {
    const x = drawChance(draft, 0.6) ? drawConv(draft) : drawImage(draft);
    const channels = [x.shape[1]!];
    const of = (center: number) => add(drawConstant(draft, channels, 0.4), center);
    const [weight, bias, mean, variance] = [of(1), of(0), of(0.3), of(1)];
    return normalizeChannels(x, { weight, bias, mean, variance, epsilon });
  },
  batchNormTrain: (draft) => {
    const x = drawImage(draft);
    const channels = [x.shape[1]!];
    const [weight, bias] = [drawLeaf(draft, channels), drawLeaf(draft, channels)];
    return normalizeBatch(spread(draft, x), { weight, bias, epsilon }).y;
  },
  batchNormInputGrad: { through: 'batchNormTrain' },
  batchNormWeightGrad: { through: 'batchNormTrain' },
};

/** Large enough that a channel of equal numbers does not turn its rounding into a result. */
const epsilon = 0.1;

/** Two tensors that broadcast, either of them the narrower one. */
function onPairs(apply: (draft: Draft, a: Sym, b: Sym) => Sym): Draw {
  return (draft) => {
    const a = drawTensor(draft);
    const b = drawNarrower(draft, a.shape);
    return drawChance(draft, 0.5) ? apply(draft, a, b) : apply(draft, b, a);
  };
}

function drawConv(draft: Draft): Sym {
  const x = drawImage(draft);
  const [, channels, height, width] = x.shape as readonly [number, number, number, number];
  const groups = draft.random.choice([1, 1, 2, channels].filter((n) => channels % n === 0));
  const filters = groups * drawWhole(draft, 1, 2);
  const size = draft.random.choice([1, 2, 3]);
  const dilation = drawWhole(draft, 1, 2);
  const reach = dilation * (size - 1) + 1;
  const least = Math.max(0, Math.ceil((reach - Math.min(height, width)) / 2));
  const padding = drawWhole(draft, least, Math.max(least, 2));
  const weight = drawConstantOrLeaf(draft, [filters, channels / groups, size, size]);
  return conv2d(x, weight, { stride: drawWhole(draft, 1, 2), padding, dilation, groups });
}

/** Weights: constants as in a predictor, or tensors of the program. */
function drawConstantOrLeaf(draft: Draft, shape: Shape): Sym {
  return drawChance(draft, 0.5)
    ? drawConstant(draft, shape)
    : bounded(draft, drawOfShape(draft, shape));
}

function drawIndices(draft: Draft, size: number, count: number): number[] {
  return Array.from({ length: count }, () => draft.random.integer(size));
}

function drawAxes(draft: Draft, shape: Shape): number[] {
  return shape.map((_, axis) => axis).filter(() => drawChance(draft, 0.5));
}

function signOf(x: Sym): Sym {
  return x.recorder.record('sign', {}, [x]);
}

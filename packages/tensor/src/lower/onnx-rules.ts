/**
 * The ONNX lowering of every operation (opset 17). A rule emits nodes whose last one writes the tensor named `out`.
 *
 * The choices behind the less obvious forms were measured (ARCHITECTURE.md, packages/tensor): ONNX Runtime ships no gradient
 * kernels, so gradients are built from its fastest inference kernels.
 */
import type { OpName, OpParams } from '../ir/op.ts';
import type { Shape } from '../shape.ts';
import { lowerConv, lowerConvFilterGrad, lowerConvInputGrad } from './conv-rules.ts';
import { lowerGather, lowerScatterAdd } from './index-rules.ts';
import { interpolationMatrix } from './interpolation.ts';
import {
  lowerBatchNorm,
  lowerBatchNormInputGrad,
  lowerBatchNormTrain,
  lowerBatchNormWeightGrad,
  lowerChannelMean,
  lowerChannelSum,
  lowerChannelVariance,
} from './norm-rules.ts';
import type { Name, OnnxBuilder } from './onnx-model.ts';
import { lowerMaxPool, lowerMaxPoolGrad } from './pool-rules.ts';

/** A tensor as a rule sees it. */
export type Operand = { readonly name: Name; readonly shape: Shape };
/** One operation to lower. */
export type LowerCall<K extends OpName> = {
  readonly b: OnnxBuilder;
  readonly params: OpParams[K];
  readonly inputs: readonly Operand[];
  readonly out: Operand;
};
type LowerRule<K extends OpName> = (call: LowerCall<K>) => void;

/** An operation that ONNX has under this name, without attributes. */
const direct =
  (op: string) =>
  ({ b, inputs, out }: LowerCall<OpName>): void =>
    void b.emit(
      op,
      inputs.map(({ name }) => name),
      {},
      [out.name],
    );

export const onnxRules: { readonly [K in OpName]: LowerRule<K> } = {
  input: ({ b, out }) => b.input(out.name, out.shape),
  constant: ({ b, params: { data, shape }, out }) =>
    void b.emit('Identity', [b.floats(data, shape)], {}, [out.name]),
  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  maximum: direct('Max'),
  minimum: direct('Min'),
  greater: direct('Greater'),
  greaterEqual: direct('GreaterOrEqual'),
  equal: direct('Equal'),
  and: direct('And'),
  not: direct('Not'),
  where: direct('Where'),
  neg: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  abs: direct('Abs'),
  sign: direct('Sign'),
  relu: direct('Relu'),
  // y >= 0, so min(1, huge * y) is the mask: one pass on all threads, which neither Sign nor Greater and Where are.
  reluGrad: ({ b, inputs: [dy, y], out }) => {
    const mask = b.emit('HardSigmoid', [y!.name], { alpha: { float: 3e38 }, beta: { float: 0 } });
    b.emit('Mul', [dy!.name, mask], {}, [out.name]);
  },
  sigmoid: direct('Sigmoid'),
  // max(x, 0) + log(1 + e^-|x|): ONNX Runtime's Softplus is exact only where e^x does not overflow.
  softplus: ({ b, inputs: [x], out }) => {
    const decay = b.emit('Exp', [b.emit('Neg', [b.emit('Abs', [x!.name])])]);
    const tail = b.emit('Log', [b.emit('Add', [decay, b.filled(1, [])])]);
    b.emit('Add', [b.emit('Relu', [x!.name]), tail], {}, [out.name]);
  },
  clip: ({ b, params, inputs: [x], out }) =>
    void b.emit('Clip', [x!.name, b.filled(params.minimum, []), b.filled(params.maximum, [])], {}, [
      out.name,
    ]),
  detach: direct('Identity'),
  // Without allowzero a side of 0 would mean "as in the input".
  reshape: ({ b, inputs: [x], out }) =>
    void b.emit(
      'Reshape',
      [x!.name, b.ints(out.shape)],
      out.shape.includes(0) ? { allowzero: 1 } : {},
      [out.name],
    ),
  transpose: ({ b, params, inputs: [x], out }) =>
    void b.emit('Transpose', [x!.name], { perm: params.permutation }, [out.name]),
  expand: ({ b, inputs: [x], out }) =>
    void b.emit('Expand', [x!.name, b.ints(out.shape)], {}, [out.name]),
  concat: ({ b, params, inputs, out }) =>
    void b.emit(
      'Concat',
      inputs.map(({ name }) => name),
      { axis: params.axis },
      [out.name],
    ),
  slice: ({ b, params: { axis, start, end }, inputs: [x], out }) =>
    void b.emit('Slice', [x!.name, b.ints([start]), b.ints([end]), b.ints([axis])], {}, [out.name]),
  pad: lowerPad,
  gather: lowerGather,
  scatterAdd: lowerScatterAdd,
  max: ({ b, params: { axes, keepDims }, inputs: [x], out }) =>
    void (axes.length === 0
      ? b.emit('Identity', [x!.name], {}, [out.name])
      : b.emit('ReduceMax', [x!.name], { axes, keepdims: keepDims ? 1 : 0 }, [out.name])),
  sum: ({ b, params: { axes, keepDims }, inputs: [x], out }) =>
    // ReduceSum without axes would sum over all of them; no axes means nothing to sum.
    void (axes.length === 0
      ? b.emit('Identity', [x!.name], {}, [out.name])
      : b.emit('ReduceSum', [x!.name, b.ints(axes)], { keepdims: keepDims ? 1 : 0 }, [out.name])),
  channelSum: lowerChannelSum,
  matmul: direct('MatMul'),
  softmax: ({ b, params, inputs: [x], out }) =>
    void b.emit('Softmax', [x!.name], { axis: params.axis }, [out.name]),
  conv2d: lowerConv,
  conv2dInputGrad: lowerConvInputGrad,
  conv2dFilterGrad: lowerConvFilterGrad,
  maxPool: lowerMaxPool,
  maxPoolGrad: lowerMaxPoolGrad,
  avgPool: ({ b, params: { size }, inputs: [x], out }) =>
    void b.emit('AveragePool', [x!.name], { kernel_shape: [size, size], strides: [size, size] }, [
      out.name,
    ]),
  avgPoolGrad: lowerAvgPoolGrad,
  globalAvgPool: direct('GlobalAveragePool'),
  resize: lowerResize,
  resizeGrad: ({ b, params: { alignCorners }, inputs: [dy], out }) => {
    const [, , height, width] = out.shape;
    const columns = interpolationMatrix({ from: width!, to: dy!.shape[3]!, alignCorners });
    const rows = interpolationMatrix({
      from: height!,
      to: dy!.shape[2]!,
      alignCorners,
      transposed: true,
    });
    const narrow = b.emit('MatMul', [dy!.name, b.floats(columns, [dy!.shape[3]!, width!])]);
    b.emit('MatMul', [b.floats(rows, [height!, dy!.shape[2]!]), narrow], {}, [out.name]);
  },
  channelMean: lowerChannelMean,
  channelVariance: lowerChannelVariance,
  batchNorm: lowerBatchNorm,
  batchNormTrain: lowerBatchNormTrain,
  batchNormInputGrad: lowerBatchNormInputGrad,
  batchNormWeightGrad: lowerBatchNormWeightGrad,
};

function lowerPad({
  b,
  params: { axis, before, after },
  inputs: [x],
  out,
}: LowerCall<'pad'>): void {
  const pads = [
    ...x!.shape.map((_, i) => (i === axis ? before : 0)),
    ...x!.shape.map((_, i) => (i === axis ? after : 0)),
  ];
  b.emit('Pad', [x!.name, b.ints(pads)], {}, [out.name]);
}

function lowerAvgPoolGrad({
  b,
  params: { size, height, width },
  inputs: [dy],
  out,
}: LowerCall<'avgPoolGrad'>): void {
  const [batch, channels, rows, columns] = dy!.shape as [number, number, number, number];
  const share = b.emit('Mul', [dy!.name, b.filled(1 / (size * size), [])]);
  // Every value becomes a square of itself: four times as fast as Expand over two axes.
  const sides = b.ints([batch, channels, rows * size, columns * size]);
  const map = b.emit('Resize', [share, '', '', sides], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
  const pads = [0, 0, 0, 0, 0, 0, height - rows * size, width - columns * size];
  if (pads.every((pad) => pad === 0)) b.emit('Identity', [map], {}, [out.name]);
  else b.emit('Pad', [map, b.ints(pads)], {}, [out.name]);
}

function lowerResize({ b, params: { alignCorners }, inputs: [x], out }: LowerCall<'resize'>): void {
  const mode = alignCorners ? 'align_corners' : 'half_pixel';
  b.emit(
    'Resize',
    [x!.name, '', '', b.ints(out.shape)],
    { mode: 'linear', coordinate_transformation_mode: mode },
    [out.name],
  );
}

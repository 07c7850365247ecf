/**
 * Filter gradient as one matrix product: every tap's shifted copy of one side, stacked along the channels, times the other side.
 *
 * The copies are a depthwise convolution with filters of a single 1 each: one node that pads, strides, dilates and uses all
 * threads. A stack is many rows against few columns, which ONNX Runtime multiplies at twice the speed of a product per tap.
 */
import type { Name } from './onnx-model.ts';
import type { LowerCall, Operand } from './onnx-rules.ts';

type Call = LowerCall<'conv2dFilterGrad'>;

/** More channels than this are multiplied faster tap by tap (512 by 512 at 20 x 20: 241 against 297 ms of processor time). */
const channelLimit = 256;
/** Values per image of a stack: what a training step's peak of memory does not notice. */
const stackLimit = 2 ** 22;

/** Lowers where stacking pays and returns true; emits nothing otherwise. */
export function lowerAsStack(call: Call): boolean {
  const { params, inputs, out } = call;
  const [x, dy] = inputs as readonly [Operand, Operand];
  const [filters, channels, height, width] = out.shape as [number, number, number, number];
  // On one grid padding is symmetric, and a shift of dy the other way does the same.
  const sameGrid = params.stride === 1 && x.shape[2] === dy.shape[2] && x.shape[3] === dy.shape[3];
  const shiftsOutput = sameGrid && height === width && filters < channels;
  const side = shiftsOutput ? filters : channels;
  const size = side * height * width * dy.shape[2]! * dy.shape[3]!;
  const isDense = call.b.kernels.stacksTaps && params.groups === 1 && height * width > 1;
  // Wide dilations mostly read padding, which tap by tap is left out.
  const readsImage = params.padding * 4 <= Math.max(4, x.shape[3]!);
  if (!isDense || !readsImage || side > channelLimit || size > stackLimit) return false;
  multiplyStack(call, shiftsOutput);
  return true;
}

/** `[N, S * T, L] x [N, L, O]`, summed over N: S channels of the stacked side, T taps, O channels of the other side. */
function multiplyStack(call: Call, shiftsOutput: boolean): void {
  const { b, inputs, out } = call;
  const [x, dy] = inputs as readonly [Operand, Operand];
  const [filters, channels, height, width] = out.shape as [number, number, number, number];
  const taps = height * width;
  const [batch] = x.shape as [number];
  const length = dy.shape[2]! * dy.shape[3]!;
  const [side, other] = shiftsOutput ? [filters, channels] : [channels, filters];
  const stack = stackTaps(call, shiftsOutput ? dy : x, shiftsOutput);
  const rows = b.emit('Reshape', [stack, b.ints([batch, side * taps, length])]);
  const flat = b.emit('Reshape', [(shiftsOutput ? x : dy).name, b.ints([batch, other, length])]);
  const columns = b.emit('Transpose', [flat], { perm: [0, 2, 1] });
  const products = b.emit('MatMul', [rows, columns]);
  const total = b.emit('ReduceSum', [products, b.ints([0])], { keepdims: 0 });
  if (shiftsOutput) {
    const perTap = b.emit('Reshape', [total, b.ints([filters, taps, channels])]);
    const turned = b.emit('Transpose', [perTap], { perm: [0, 2, 1] });
    b.emit('Reshape', [turned, b.ints(out.shape)], {}, [out.name]);
  } else {
    const turned = b.emit('Transpose', [total], { perm: [1, 0] });
    b.emit('Reshape', [turned, b.ints(out.shape)], {}, [out.name]);
  }
}

/** `[N, S, H, W] -> [N, S * T, H', W']`; `flipped` stacks the last tap first. */
function stackTaps({ b, params, out }: Call, from: Operand, flipped: boolean): Name {
  const [height, width] = out.shape.slice(2) as [number, number];
  const side = from.shape[1]!;
  const taps = height * width;
  const ones = new Float32Array(side * taps * taps);
  for (let channel = 0; channel < side; channel++)
    for (let tap = 0; tap < taps; tap++)
      ones[(channel * taps + tap) * taps + (flipped ? taps - 1 - tap : tap)] = 1;
  const { stride, padding, dilation } = params;
  return b.emit('Conv', [from.name, b.floats(ones, [side * taps, 1, height, width])], {
    kernel_shape: [height, width],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pads: [padding, padding, padding, padding],
    group: side,
  });
}

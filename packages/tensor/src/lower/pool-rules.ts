/** Max pooling and its gradient. */
import type { WindowParams } from '../ir/op.ts';
import { sizeOf } from '../shape.ts';
import type { Name, OnnxBuilder } from './onnx-model.ts';
import type { LowerCall, Operand } from './onnx-rules.ts';
import { frame, spreadOut } from './spread.ts';

const windowAttributes = ({ size, stride, padding }: WindowParams) => ({
  kernel_shape: [size, size],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

export function lowerMaxPool({ b, params, inputs: [x], out }: LowerCall<'maxPool'>): void {
  b.emit('MaxPool', [x!.name], windowAttributes(params), [out.name]);
}

export function lowerMaxPoolGrad(call: LowerCall<'maxPoolGrad'>): void {
  if (call.b.kernels.poolIndices) scatterToMaxima(call);
  else compareTaps(call);
}

/** MaxPool's second output is the flat index of each maximum in x, which is where dy belongs. */
function scatterToMaxima({ b, params, inputs: [x, dy], out }: LowerCall<'maxPoolGrad'>): void {
  const indices = `${out.name}_indices`;
  b.emit('MaxPool', [x!.name], windowAttributes(params), [`${out.name}_max`, indices]);
  const flat = (name: Name) => b.emit('Reshape', [name, b.ints([-1])]);
  const zeros = b.emit('ConstantOfShape', [b.ints([sizeOf(x!.shape)])]);
  const scattered = b.emit('ScatterElements', [zeros, flat(indices), flat(dy!.name)], {
    axis: 0,
    reduction: 'add',
  });
  b.emit('Reshape', [scattered, b.ints(out.shape)], {}, [out.name]);
}

/** Less than anything that a network makes; infinity is not defined on every GPU. */
const never = -3e38;

/** Compares every place of a window with the window's maximum; the first that equals it, row by row, takes dy. */
function compareTaps({ b, params, inputs: [x, dy], out }: LowerCall<'maxPoolGrad'>): void {
  const { size, padding } = params;
  const borders = [0, 0, padding, padding, 0, 0, padding, padding];
  const fenced = b.emit('Pad', [x!.name, b.ints(borders), b.filled(never, [])]);
  const largest = b.emit('MaxPool', [x!.name], windowAttributes(params));
  const zero = b.filled(0, []);
  let open = dy!.name; // what no place has taken yet
  let total: Name | undefined;
  for (let tap = 0; tap < size * size; tap++) {
    const corner = [Math.floor(tap / size), tap % size] as const;
    const place = takeTap(b, { name: fenced, corner, outputs: dy!, params });
    const wins = b.emit('Equal', [place, largest]);
    const taken = b.emit('Where', [wins, open, zero]);
    open = b.emit('Where', [wins, zero, open]);
    const placed = placeTap(b, { name: taken, corner, outputs: dy!, inputs: x!, params });
    total = total === undefined ? placed : b.emit('Add', [total, placed]);
  }
  b.emit('Identity', [total!], {}, [out.name]);
}

type Tap = {
  readonly name: Name;
  readonly corner: readonly [number, number];
  readonly outputs: Operand;
  readonly params: WindowParams;
};

/** What each window of the fenced map has at one place. */
function takeTap(b: OnnxBuilder, { name, corner, outputs, params: { stride } }: Tap): Name {
  const ends = corner.map((start, i) => start + (outputs.shape[i + 2]! - 1) * stride + 1);
  const steps = [stride, stride];
  return b.emit('Slice', [name, b.ints(corner), b.ints(ends), b.ints([2, 3]), b.ints(steps)]);
}

/** The other way round: a value per window to its place in a map of zeros, without the fence. */
function placeTap(
  b: OnnxBuilder,
  { name, corner, outputs, inputs, params }: Tap & { readonly inputs: Operand },
): Name {
  const { stride, padding } = params;
  const spread = spreadOut(b, { name, shape: outputs.shape }, stride);
  const before = corner.map((start) => start - padding);
  const after = before.map((start, i) => inputs.shape[i + 2]! - spread.shape[i + 2]! - start);
  return frame(b, spread, { before, after });
}

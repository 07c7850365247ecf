/** Gather and scatter along one axis. Programs carry indices as float32; ONNX wants int64. */
import type { Name, OnnxBuilder } from './onnx-model.ts';
import type { LowerCall, Operand } from './onnx-rules.ts';

const int64 = 7; // TensorProto.INT64

/** Limited to the axis: an index beyond it would end the process on some providers. */
function toIndices(b: OnnxBuilder, indices: Operand, size: number): Name {
  const inside = b.emit('Clip', [
    indices.name,
    b.filled(0, []),
    b.filled(Math.max(0, size - 1), []),
  ]);
  return b.emit('Cast', [inside], { to: int64 });
}

export function lowerGather({
  b,
  params: { axis },
  inputs: [x, indices],
  out,
}: LowerCall<'gather'>): void {
  b.emit('Gather', [x!.name, toIndices(b, indices!, x!.shape[axis]!)], { axis }, [out.name]);
}

export function lowerScatterAdd({
  b,
  params: { axis, size },
  inputs: [y, indices],
  out,
}: LowerCall<'scatterAdd'>): void {
  const places = toIndices(b, indices!, size);
  const column = b.emit('Reshape', [
    places,
    b.ints(y!.shape.map((side, i) => (i === axis ? side : 1))),
  ]);
  const everywhere = b.emit('Expand', [column, b.ints(y!.shape)]);
  const zeros = b.emit('ConstantOfShape', [b.ints(out.shape)]);
  b.emit('ScatterElements', [zeros, everywhere, y!.name], { axis, reduction: 'add' }, [out.name]);
}

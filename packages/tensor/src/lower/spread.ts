/** Maps among zeros: what a stride leaves out, and borders. */
import type { Name, OnnxBuilder } from './onnx-model.ts';
import type { Operand } from './onnx-rules.ts';

/** `[N, C, H, W]` with `stride - 1` zeros between rows and columns, and after the last of each. */
export function spreadOut(b: OnnxBuilder, { name, shape }: Operand, stride: number): Operand {
  if (stride === 1) return { name, shape };
  const [batch, channels, rows, columns] = shape as [number, number, number, number];
  const cells = b.emit('Reshape', [name, b.ints([batch * channels, rows, 1, columns, 1])]);
  const pads = [0, 0, 0, 0, 0, 0, 0, stride - 1, 0, stride - 1];
  const spread = [batch, channels, rows * stride, columns * stride];
  const padded = b.emit('Pad', [cells, b.ints(pads)]);
  return { name: b.emit('Reshape', [padded, b.ints(spread)]), shape: spread };
}

/** Adds zeros around a map's rows and columns; a negative number cuts them off. */
export function frame(
  b: OnnxBuilder,
  { name, shape }: Operand,
  sides: { readonly before: readonly number[]; readonly after: readonly number[] },
): Name {
  const cut = (side: number) => Math.max(0, -side);
  const starts = sides.before.map(cut);
  const ends = sides.after.map((side, i) => shape[i + 2]! - cut(side));
  const kept = b.emit('Slice', [name, b.ints(starts), b.ints(ends), b.ints([2, 3])]);
  const added = (list: readonly number[]) => list.map((side) => Math.max(0, side));
  return b.emit('Pad', [kept, b.ints([0, 0, ...added(sides.before), 0, 0, ...added(sides.after)])]);
}

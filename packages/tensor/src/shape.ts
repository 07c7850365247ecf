/** Shapes and the arithmetic on them. All shape errors start with the operation's name. */
import { ShapeError } from './errors.ts';

export type Shape = readonly number[];

/** Number of elements; 1 for a scalar `[]`. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Writes a shape as `[8, 3, 320, 320]`. */
export function printShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Whether two shapes are the same. */
export function equalShapes(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis]);
}

/** The NumPy broadcast of two shapes. @throws {ShapeError} naming both. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const p = a[axis - rank + a.length] ?? 1;
    const q = b[axis - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) {
      throw new ShapeError(
        `${op}: expected shapes that broadcast, got ${printShape(a)} and ${printShape(b)}`,
      );
    }
    return p === 1 ? q : p;
  });
}

type Window = {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation?: number;
};

/** Output side of a sliding window, rounded down as PyTorch does. @throws {ShapeError} if the window does not fit. */
export function windowOutput(op: string, side: number, window: Window): number {
  const { size, stride, padding, dilation = 1 } = window;
  assertWhole(op, { size, stride, dilation }, 1);
  assertWhole(op, { padding }, 0);
  const output = Math.floor((side + 2 * padding - dilation * (size - 1) - 1) / stride) + 1;
  if (output < 1) {
    throw new ShapeError(
      `${op}: expected a side of at least ${dilation * (size - 1) + 1 - 2 * padding}, got ${side}`,
    );
  }
  return output;
}

function assertWhole(op: string, named: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(named)) {
    if (!Number.isInteger(value) || value < least)
      throw new ShapeError(`${op}: expected a whole ${name} of at least ${least}, got ${value}`);
  }
}

/** Makes an axis that may count from the end non-negative. */
export function resolveAxis(op: string, axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved >= rank)
    throw new ShapeError(`${op}: expected an axis of ${rank} dimensions, got ${axis}`);
  return resolved;
}

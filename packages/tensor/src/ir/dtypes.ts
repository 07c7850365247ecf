import { ShapeError } from '../errors.ts';
import type { DType, OpName } from './op.ts';

/** The element type of an operation's result: everything is float32 but comparisons. */
export function dtypeOf(op: OpName): DType {
  return op === 'greater' ? 'bool' : 'float32';
}

/** Checks input types: float32 everywhere but the condition of `where`. @throws {ShapeError} naming the operation. */
export function assertInputTypes(op: OpName, inputs: readonly DType[]): void {
  inputs.forEach((got, index) => {
    const expected = op === 'where' && index === 0 ? 'bool' : 'float32';
    if (got !== expected)
      throw new ShapeError(`${op}: expected input ${index} of type ${expected}, got ${got}`);
  });
}

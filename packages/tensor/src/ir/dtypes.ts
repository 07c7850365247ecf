import { ShapeError } from '../errors.ts';
import type { DType, OpName } from './op.ts';

const makesBool: ReadonlySet<OpName> = new Set(['greater', 'greaterEqual', 'equal', 'and', 'not']);
const takesBool: ReadonlySet<OpName> = new Set(['and', 'not']);

/** The element type of an operation's result: everything is float32 but comparisons and logic. */
export function dtypeOf(op: OpName): DType {
  return makesBool.has(op) ? 'bool' : 'float32';
}

/** Checks input types: float32 everywhere but in logic and the condition of `where`. @throws {ShapeError} naming the operation. */
export function assertInputTypes(op: OpName, inputs: readonly DType[]): void {
  inputs.forEach((got, index) => {
    const isCondition = takesBool.has(op) || (op === 'where' && index === 0);
    const expected = isCondition ? 'bool' : 'float32';
    if (got !== expected)
      throw new ShapeError(`${op}: expected input ${index} of type ${expected}, got ${got}`);
  });
}

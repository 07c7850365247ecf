import type { DType, OpName } from './op.ts';

/** The element type of an operation's result: everything is float32 but comparisons. */
export function dtypeOf(op: OpName): DType {
  return op === 'greater' ? 'bool' : 'float32';
}

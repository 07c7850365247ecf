/**
 * Programs: a typed list of operations in which every input comes earlier. A `Sym` is a node of the list that is being
 * recorded; a `Program` is the finished, immutable list with named results.
 */
import type { Shape } from '../shape.ts';
import { assertInputTypes, dtypeOf } from './dtypes.ts';
import type { DType, OpName, OpParams } from './op.ts';
import { inferShape } from './shapes.ts';

/** One operation and its result. */
export type Node<K extends OpName = OpName> = {
  readonly [P in K]: {
    readonly id: number;
    readonly op: P;
    readonly params: OpParams[P];
    readonly inputs: readonly number[];
    readonly shape: Shape;
    readonly dtype: DType;
  };
}[K];

/** An immutable program: nodes in order, and which of them are results. */
export type Program = {
  readonly nodes: readonly Node[];
  readonly outputs: Readonly<Record<string, number>>;
};

/** A symbolic tensor inside a recording. */
export type Sym = {
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly recorder: Recorder;
};

/** Appends operations to a program. */
export type Recorder = {
  readonly nodes: readonly Node[];
  record<K extends OpName>(op: K, params: OpParams[K], inputs: readonly Sym[]): Sym;
  symOf(id: number): Sym;
};

/** Starts an empty recording. Shapes are checked as operations are recorded. */
export function createRecorder(): Recorder {
  const nodes: Node[] = [];
  const recorder: Recorder = {
    nodes,
    record(op, params, inputs) {
      const foreign = inputs.find((input) => input.recorder !== recorder);
      if (foreign !== undefined) throw new Error(`internal: ${op} mixes tensors of two recordings`);
      assertInputTypes(
        op,
        inputs.map((input) => input.dtype),
      );
      const shape = inferShape(
        op,
        params,
        inputs.map((input) => input.shape),
      );
      const dtype = dtypeOf(op);
      const id = nodes.length;
      // The generic K pairs op and params; TypeScript cannot see that the object is one member of the union.
      nodes.push({
        id,
        op,
        params,
        inputs: inputs.map((input) => input.id),
        shape,
        dtype,
      } as unknown as Node);
      return { id, shape, dtype, recorder };
    },
    symOf(id) {
      const { shape, dtype } = nodes[id]!;
      return { id, shape, dtype, recorder };
    },
  };
  return recorder;
}

let current: Recorder | undefined;

/** Runs a function while `constant()` and layers record into this recorder. */
export function recordInto<T>(recorder: Recorder, build: () => T): T {
  const before = current;
  current = recorder;
  try {
    return build();
  } finally {
    current = before;
  }
}

/** The recorder of the function that is being traced. */
export function currentRecorder(): Recorder {
  if (current === undefined)
    throw new Error('internal: operations on constants need a trace around them');
  return current;
}

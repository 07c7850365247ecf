/** What every engine makes of a program, and what they share. */
import type { Program } from '../ir/program.ts';
import { type Shape, sizeOf } from '../shape.ts';

/** A compiled program. */
export type Session = {
  /**
   * Runs once. `feeds` has data for every input; results are written into `into` where it has a buffer of that name (which must
   * not be one that is fed), else into new buffers.
   */
  run(
    feeds: Readonly<Record<string, Float32Array>>,
    into?: Readonly<Record<string, Float32Array>>,
  ): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
};

export type SessionOptions = {
  /** Default 2 at most, the cores of the machine. */
  readonly threads?: number;
  /** `constant`: weights are in the program, so every fusion pays; `trained`: compile quickly. */
  readonly weights: 'constant' | 'trained';
  /** Writes a profile of every kernel call to a file of this prefix, complete once the session is disposed of (ONNX Runtime only). */
  readonly profilePrefix?: string;
};

/** The inputs of a program by name. */
export function inputShapes(program: Program): Map<string, Shape> {
  const inputs = new Map<string, Shape>();
  for (const node of program.nodes)
    if (node.op === 'input') inputs.set(node.params.name, node.shape);
  return inputs;
}

/** The data of an input. @throws if it is missing or of the wrong length. */
export function takeFeed(
  feeds: Readonly<Record<string, Float32Array>>,
  name: string,
  shape: Shape,
): Float32Array {
  const data = feeds[name];
  if (data === undefined || data.length !== sizeOf(shape)) {
    const got = data === undefined ? 'nothing' : `${data.length} values`;
    throw new Error(`internal: feed ${name}: expected ${sizeOf(shape)} values, got ${got}`);
  }
  return data;
}

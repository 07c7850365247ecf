/**
 * The peak memory of a program, told from its shapes before anything is compiled: what a batch that does not fit would need.
 *
 * Inputs and results are exact. Between them, tensors live from the operation that makes them to the last that reads them. What
 * lies beyond (the session's graph, rows between the allocator's chunks, copies that wait for the garbage collector) is in
 * measured factors, for ONNX Runtime; TensorFlow.js frees by the same last uses.
 */
import type { SessionOptions } from '../backends/session.ts';
import type { OpName } from '../ir/op.ts';
import type { Program } from '../ir/program.ts';
import { sizeOf } from '../shape.ts';

/** Bytes. `total` is what the process grows by. */
export type MemoryPrediction = {
  readonly total: number;
  /** Data, weights and optimizer state that are fed. */
  readonly inputs: number;
  /** Weights that are in the program. */
  readonly constants: number;
  /** New weights, optimizer state and what is returned. */
  readonly results: number;
  /** The most that lives at once between them. */
  readonly intermediates: number;
};

/** Loading ONNX Runtime and compiling the smallest program. */
const base = 45 * 2 ** 20;
/** Per operation: its ONNX nodes, in the model and in the session. */
const perOperation = 25 * 2 ** 10;
/** Copies of results, and of the weights that a training starts from, until the garbage collector comes. */
const resultFactor = 2.5;
/** The caller's weights, the program's, the serialized model's, the session's, and the layout that its kernels like. */
const constantFactor = 6;
/** What ONNX Runtime's arena holds of what lives; for constant weights it plans one block more, from the second run on. */
const arenaFactor = { trained: 1.3, constant: 2.4 } as const;

const bytesPerNumber = 4;

/** Predicts the growth of a process that compiles a program for these weights and runs it. */
export function predictMemory(
  program: Program,
  weights: SessionOptions['weights'],
): MemoryPrediction {
  const bytesOf = (id: number) => bytesPerNumber * sizeOf(program.nodes[id]!.shape);
  const total = (ids: Iterable<number>) => [...ids].reduce((sum, id) => sum + bytesOf(id), 0);
  const idsOf = (op: OpName) => program.nodes.filter((node) => node.op === op).map(({ id }) => id);
  const inputs = total(idsOf('input'));
  const constants = total(idsOf('constant'));
  const results = total(Object.values(program.outputs));
  const intermediates = findPeak(program, bytesOf);
  return {
    total: Math.round(
      base +
        perOperation * program.nodes.length +
        inputs +
        constantFactor * constants +
        resultFactor * results +
        arenaFactor[weights] * intermediates,
    ),
    inputs,
    constants,
    results,
    intermediates,
  };
}

/** Operations whose result is the memory of their input. */
const views: ReadonlySet<OpName> = new Set(['reshape', 'detach']);

/** The largest sum of tensors that live at once, other than inputs, constants and results. */
function findPeak(program: Program, bytesOf: (id: number) => number): number {
  const owners: number[] = [];
  const lastUses: number[] = [];
  for (const node of program.nodes) {
    const owner = views.has(node.op) ? owners[node.inputs[0]!]! : node.id;
    owners.push(owner);
    for (const used of [owner, ...node.inputs.map((id) => owners[id]!)]) lastUses[used] = node.id;
  }
  const kept = new Set(Object.values(program.outputs).map((id) => owners[id]!));
  const isIntermediate = (id: number) =>
    owners[id] === id &&
    !kept.has(id) &&
    program.nodes[id]!.op !== 'input' &&
    program.nodes[id]!.op !== 'constant';
  let live = 0;
  let peak = 0;
  for (const node of program.nodes) {
    if (isIntermediate(node.id)) live += bytesOf(node.id);
    peak = Math.max(peak, live);
    for (const id of new Set([node.id, ...node.inputs].map((used) => owners[used]!)))
      if (lastUses[id] === node.id && isIntermediate(id)) live -= bytesOf(id);
  }
  return peak;
}

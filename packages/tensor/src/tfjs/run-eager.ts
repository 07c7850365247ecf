/** Evaluates a program node by node; every tensor is freed right after its last use. */
import { clone, dispose, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { OpName } from '../ir/op.ts';
import type { Node, Program } from '../ir/program.ts';
import { sizeOf } from '../shape.ts';
import { type TfjsCall, tfjsRules } from './rules.ts';

type Feeds = Readonly<Record<string, Float32Array>>;

/** Runs a program on the current backend, without yielding: another session cannot change the backend in between. */
export function runEager(program: Program, feeds: Feeds): Record<string, Float32Array> {
  const lastUses = findLastUses(program);
  const alive = new Map<number, Tensor>();
  try {
    for (const node of program.nodes) {
      const value = evaluateNode(node, alive, feeds);
      alive.set(node.id, value);
      for (const id of new Set([...node.inputs, node.id])) {
        if (lastUses[id] !== node.id) continue;
        dispose(alive.get(id)!);
        alive.delete(id);
      }
    }
    const read = ([name, id]: [string, number]) => [name, readValues(alive.get(id)!)] as const;
    return Object.fromEntries(Object.entries(program.outputs).map(read));
  } finally {
    dispose([...alive.values()]);
  }
}

/** By node: the last node that reads it, itself if none does, infinite for results. */
function findLastUses(program: Program): number[] {
  const last = program.nodes.map(({ id }) => id);
  for (const node of program.nodes) for (const input of node.inputs) last[input] = node.id;
  for (const id of Object.values(program.outputs)) last[id] = Number.POSITIVE_INFINITY;
  return last;
}

function evaluateNode(node: Node, alive: ReadonlyMap<number, Tensor>, feeds: Feeds): Tensor {
  // Some WebAssembly kernels divide by the size of what they are given.
  if (sizeOf(node.shape) === 0) return zeros([...node.shape], node.dtype);
  const rule = tfjsRules[node.op] as (call: TfjsCall<OpName>) => Tensor; // op and params are one union member
  const inputs = node.inputs.map((id) => alive.get(id)!);
  return tidy(() => {
    const value = rule({ params: node.params as never, inputs, shape: node.shape, feeds });
    return inputs.includes(value) ? clone(value) : value; // an input is freed on its own time
  });
}

/** A copy: TensorFlow.js may hand out the buffer that was fed. */
function readValues(value: Tensor): Float32Array {
  return Float32Array.from(value.dataSync());
}

import type { Node, Program, Sym } from '../ir/program.ts';
import { rewriteProgram } from './rewrite.ts';

/** Computes equal expressions once (common subexpression elimination). Large constants are compared by identity. */
export function shareEqual(program: Program): Program {
  const known = new Map<string, Sym>();
  const buffers = new Map<Float32Array, number>();
  return rewriteProgram(program, (node, inputs, recorder) => {
    if (node.op === 'input') return undefined;
    const key = `${node.op}(${inputs.map(({ id }) => id)})${describeParams(node, buffers)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const fresh = recorder.record(node.op, node.params as never, inputs); // op and params are one union member
    known.set(key, fresh);
    return fresh;
  });
}

const comparableLength = 16;

function describeParams(node: Node, buffers: Map<Float32Array, number>): string {
  return JSON.stringify(node.params, (_, value: unknown) => {
    if (!(value instanceof Float32Array)) return value;
    if (value.length <= comparableLength)
      return Array.from(value, (v) => (Object.is(v, -0) ? '-0' : String(v)));
    if (!buffers.has(value)) buffers.set(value, buffers.size);
    return `buffer ${buffers.get(value)}`;
  });
}

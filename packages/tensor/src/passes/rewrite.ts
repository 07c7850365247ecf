/** The shape of a pass: a program in, an equal program out. */
import type { OpParams } from '../ir/op.ts';
import { createRecorder, type Node, type Program, type Recorder, type Sym } from '../ir/program.ts';

/** Replaces a node, given the new tensors of its inputs; undefined keeps it. */
export type Replace = (node: Node, inputs: readonly Sym[], recorder: Recorder) => Sym | undefined;

/** Rebuilds a program node by node. */
export function rewriteProgram(program: Program, replace: Replace): Program {
  const recorder = createRecorder();
  const renamed: Sym[] = [];
  for (const node of program.nodes) {
    const inputs = node.inputs.map((id) => renamed[id]!);
    const params = node.params as OpParams[typeof node.op]; // op and params are one union member
    renamed.push(replace(node, inputs, recorder) ?? recorder.record(node.op, params, inputs));
  }
  const outputs = Object.entries(program.outputs).map(([name, id]) => [name, renamed[id]!.id]);
  return { nodes: recorder.nodes, outputs: Object.fromEntries(outputs) };
}

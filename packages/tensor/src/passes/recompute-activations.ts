/**
 * Trades a cheap sweep for memory: what the backward pass reads of relu(batchNormTrain(x)) is computed again from x, which the
 * gradient of the normalization keeps anyway, instead of being held since the forward pass (Chen et al., arXiv 1604.06174; for
 * DenseNet: Pleiss et al., arXiv 1707.06990). The same operation on the same numbers: not a bit changes.
 */
import type { OpName } from '../ir/op.ts';
import type { Program, Sym } from '../ir/program.ts';
import { rewriteProgram } from './rewrite.ts';

/** Readers that run in the backward pass. */
const gradientReaders: ReadonlySet<OpName> = new Set([
  'conv2dFilterGrad',
  'reluGrad',
  'maxPoolGrad',
]);

/** Lets gradients read a second copy of normalized activations, made just before the first of them. */
export function recomputeActivations(program: Program): Program {
  const held = findHeld(program);
  const copies = new Map<number, Sym>();
  return rewriteProgram(program, (node, inputs, recorder) => {
    if (!gradientReaders.has(node.op)) return undefined;
    const replaced = node.inputs.map((id, index) => {
      if (!held.has(id)) return inputs[index]!;
      const normalized = recorder.nodes[recorder.nodes[inputs[index]!.id]!.inputs[0]!]!;
      const sources = normalized.inputs.map((source) => recorder.symOf(source));
      const copy =
        copies.get(id) ??
        recorder.record('relu', {}, [
          recorder.record(normalized.op, normalized.params as never, sources), // op and params are one union member
        ]);
      copies.set(id, copy);
      return copy;
    });
    return recorder.record(node.op, node.params as never, replaced);
  });
}

/** Ids of activations whose own gradient, and so that of the normalization before them, is in the program. */
function findHeld({ nodes }: Program): Set<number> {
  const held = new Set<number>();
  for (const node of nodes) {
    if (node.op !== 'reluGrad') continue;
    const activation = nodes[node.inputs[1]!]!;
    if (activation.op === 'relu' && nodes[activation.inputs[0]!]!.op === 'batchNormTrain')
      held.add(activation.id);
  }
  return held;
}

import type { Node, Program } from '../ir/program.ts';

/** Drops operations whose result nobody uses. Inputs stay: they are the program's signature. */
export function dropUnused(program: Program): Program {
  const used = new Set(Object.values(program.outputs));
  for (const node of program.nodes.toReversed()) {
    if (used.has(node.id)) for (const input of node.inputs) used.add(input);
  }
  const kept = program.nodes.filter((node) => node.op === 'input' || used.has(node.id));
  const renumbered = new Map(kept.map((node, index) => [node.id, index]));
  const rename = (id: number) => renumbered.get(id)!;
  const nodes = kept.map(
    (node): Node => ({ ...node, id: rename(node.id), inputs: node.inputs.map(rename) }) as Node,
  ); // op and params stay paired
  const outputs = Object.entries(program.outputs).map(([name, id]) => [name, rename(id)]);
  return { nodes, outputs: Object.fromEntries(outputs) };
}

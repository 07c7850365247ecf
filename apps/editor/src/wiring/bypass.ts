/** Wires around a node: what fed it feeds what it fed, where the types fit. The node stays, disabled. */
import { explainMismatch, type GraphDocument, splitReference } from '@radiograph/graph';
import { findPort } from '../catalog/catalog.ts';
import { setDisabled } from '../document/edits.ts';

/** The document with wires around the node, or why there is no way around it. */
export function bypass(document: GraphDocument, id: string): GraphDocument | string {
  const isAt = (reference: string) => splitReference(reference).nodeId === id;
  const sources = document.edges.filter(({ to }) => isAt(to)).map(({ from }) => from);
  const edges: GraphDocument['edges'] = [];
  for (const edge of document.edges) {
    const source = isAt(edge.from) ? findSource(document, sources, edge) : edge.from;
    if (source === undefined)
      return `${edge.to} needs what ${edge.from} gives; nothing that feeds ${id} is of that kind.`;
    edges.push(source === edge.from ? edge : { from: source, to: edge.to });
  }
  return setDisabled([id], true)({ ...document, edges });
}

/** The first source whose port fits the wire's target; one of the same name as the output is preferred. */
function findSource(
  { nodes }: GraphDocument,
  sources: readonly string[],
  { from, to }: GraphDocument['edges'][number],
): string | undefined {
  const target = findPort(nodes, to, 'inputs');
  if (target === undefined) return undefined;
  const fitting = sources.filter((source) => {
    const port = findPort(nodes, source, 'outputs');
    return port !== undefined && explainMismatch(port, target) === undefined;
  });
  const { name } = splitReference(from);
  return fitting.find((source) => splitReference(source).name === name) ?? fitting[0];
}

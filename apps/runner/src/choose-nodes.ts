import { closureOf, type Graph, listAccepted, RadiographError } from '@radiograph/graph';

/** Which part of a graph is wanted; everything, if nothing is named. */
export type Part = {
  /** These nodes and what they need. */
  readonly only: readonly string[];
  /** These nodes, what their results lead to, and what that needs. */
  readonly from: readonly string[];
};

/** The nodes that must come to a result; undefined = all. @throws a usage error for a node of `from` that is not there. */
export function chooseNodes(graph: Graph, { only, from }: Part): readonly string[] | undefined {
  if (only.length + from.length === 0) return undefined;
  const { nodes, edges } = graph.document;
  for (const nodeId of from) {
    if (nodeId in nodes) continue;
    throw new RadiographError('usage', {
      path: `--from ${nodeId}`,
      message: `expected ${listAccepted(nodeId, Object.keys(nodes))}`,
    });
  }
  return [...new Set([...only, ...closureOf(edges, from, 'after')])];
}

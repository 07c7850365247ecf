import { assertNodes, closureOf, type GraphDocument } from '@radiograph/graph';

/** Which part of a graph is wanted; everything, if nothing is named. */
export type Part = {
  /** These nodes and what they need. */
  readonly only?: readonly string[];
  /** These nodes, what their results lead to, and what that needs. */
  readonly from?: readonly string[];
};

/** The nodes that must come to a result; nothing = all. @throws a usage error for a node that is not there. */
export function chooseNodes(
  document: GraphDocument,
  { only = [], from = [] }: Part,
): { readonly only?: readonly string[] } {
  if (only.length + from.length === 0) return {};
  assertNodes(document, '--from', from);
  return { only: [...new Set([...only, ...closureOf(document.edges, from, 'after')])] };
}

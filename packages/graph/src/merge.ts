/** Three-way merge of documents: two people (or two tabs) changed the same file. */
import type { DocumentEdge, DocumentNode, GraphDocument } from './document.ts';
import { splitReference } from './document.ts';
import { canonicalJson } from './fingerprint.ts';
import { wireName } from './variant.ts';

/** Both sides changed `path`, differently. The merged document has ours. */
export type MergeConflict = {
  readonly path: string;
  readonly ours: unknown;
  readonly theirs: unknown;
};

export type Merged = {
  readonly document: GraphDocument;
  readonly conflicts: readonly MergeConflict[];
};

type Sides = {
  readonly base: GraphDocument;
  readonly ours: GraphDocument;
  readonly theirs: GraphDocument;
};
type Fields = Readonly<Record<string, unknown>>;

/** Merges field by field: parameters one by one, wires as a set, everything else as a whole. */
export function mergeDocuments({ base, ours, theirs }: Sides): Merged {
  const conflicts: MergeConflict[] = [];
  const merge = (path: string, pick: (side: GraphDocument) => Fields) =>
    mergeFields({ base: pick(base), ours: pick(ours), theirs: pick(theirs) }, path, conflicts);
  const fields = merge('', ({ nodes: _nodes, edges: _edges, layout: _layout, ...rest }) => rest);
  const nodes = mergeNodes({ base, ours, theirs }, conflicts);
  const layout = merge('layout.', (side) => side.layout ?? {});
  const kept = Object.fromEntries(Object.entries(layout).filter(([id]) => id in nodes));
  const merged = {
    // Every field comes from a document whose shape was checked.
    ...(fields as Omit<GraphDocument, 'nodes' | 'edges' | 'layout'>),
    nodes,
    edges: mergeEdges({ base, ours, theirs }, nodes),
    ...(Object.keys(kept).length > 0 ? { layout: kept as GraphDocument['layout'] } : {}),
  };
  // exactOptionalPropertyTypes cannot see that `layout` is only spread where it is defined.
  return { document: merged as GraphDocument, conflicts };
}

function mergeNodes(
  { base, ours, theirs }: Sides,
  conflicts: MergeConflict[],
): GraphDocument['nodes'] {
  const ids = [...new Set([...Object.keys(ours.nodes), ...Object.keys(theirs.nodes)])];
  const nodes: Record<string, DocumentNode> = {};
  for (const id of ids) {
    const sides = { base: base.nodes[id], ours: ours.nodes[id], theirs: theirs.nodes[id] };
    const node = mergeNode(id, sides, conflicts);
    if (node !== undefined) nodes[id] = node;
  }
  return nodes;
}

type NodeSides = {
  readonly [S in keyof Sides]: DocumentNode | undefined;
};

function mergeNode(
  id: string,
  { base, ours, theirs }: NodeSides,
  conflicts: MergeConflict[],
): DocumentNode | undefined {
  if (ours === undefined || theirs === undefined || base === undefined) {
    const whole = { base: { node: base }, ours: { node: ours }, theirs: { node: theirs } };
    return mergeFields(whole, `${id} `, conflicts).node as DocumentNode | undefined;
  }
  const { params: p0, ...b } = base;
  const { params: p1, ...o } = ours;
  const { params: p2, ...t } = theirs;
  const rest = mergeFields({ base: b, ours: o, theirs: t }, `${id}.`, conflicts);
  const params = mergeFields({ base: p0, ours: p1, theirs: p2 }, `${id}.`, conflicts);
  const { type, version, ...optional } = rest;
  return { type, version, params, ...optional } as DocumentNode; // fields of three checked nodes
}

/** A field that one side left alone takes the other's value; undefined means absent. */
function mergeFields(
  sides: { readonly [S in keyof Sides]: Fields },
  path: string,
  conflicts: MergeConflict[],
): Fields {
  const { base, ours, theirs } = sides;
  const result: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const [b, o, t] = [base[key], ours[key], theirs[key]].map(canonicalOrNone);
    if (o !== t && o !== b && t !== b)
      conflicts.push({ path: `${path}${key}`.trim(), ours: ours[key], theirs: theirs[key] });
    const value = o === b ? theirs[key] : ours[key];
    if (value !== undefined) result[key] = value;
  }
  return result;
}

const canonicalOrNone = (value: unknown) => (value === undefined ? '' : canonicalJson(value));

/** Ours without what they cut, then what they added; an input that both wired keeps ours. */
function mergeEdges({ base, ours, theirs }: Sides, nodes: GraphDocument['nodes']): DocumentEdge[] {
  const before = new Set(base.edges.map(wireName));
  const has = (edges: readonly DocumentEdge[]) => new Set(edges.map(wireName));
  const [inOurs, inTheirs] = [has(ours.edges), has(theirs.edges)];
  const kept = ours.edges.filter((edge) => {
    const name = wireName(edge);
    return inTheirs.has(name) || !before.has(name);
  });
  const rewired = new Set(kept.filter((edge) => !before.has(wireName(edge))).map(({ to }) => to));
  const added = theirs.edges.filter((edge) => {
    const name = wireName(edge);
    return !before.has(name) && !inOurs.has(name) && !rewired.has(edge.to);
  });
  return [...kept, ...added].filter(({ from, to }) =>
    [from, to].every((reference) => splitReference(reference).nodeId in nodes),
  );
}

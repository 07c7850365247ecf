/** Every change of a document, as a pure function. None changes its input; what is left alone is shared. */
import type { DocumentEdge, DocumentNode, GraphDocument } from '@radiograph/graph';
import { splitReference, wireName } from '@radiograph/graph';

export type Point = readonly [number, number];
type Change = (document: GraphDocument) => GraphDocument;

/** Sets a field, or drops it when the value is empty: files hold no empty fields. */
export function withField<K extends keyof GraphDocument>(
  document: GraphDocument,
  key: K,
  value: GraphDocument[K] | undefined,
): GraphDocument {
  const { [key]: _, ...rest } = document;
  const isEmpty =
    value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
  // Only optional fields are ever dropped by the edits below.
  return (isEmpty ? rest : { ...document, [key]: value }) as GraphDocument;
}

/** An id that is not taken: `split`, `split-2` ... */
export function freeId(taken: ReadonlySet<string>, wished: string): string {
  const isName = /^[A-Za-z][A-Za-z0-9_-]*$/.test(wished) && !(wished in Object.prototype);
  const base = isName ? wished : 'node';
  if (!taken.has(base)) return base;
  const stem = base.replace(/-\d+$/, '');
  for (let number = 2; ; number++) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** Every id of the document: nodes, groups and notes share one space. */
export function idsOf({ nodes, groups = [], notes = [] }: GraphDocument): Set<string> {
  return new Set([...Object.keys(nodes), ...[...groups, ...notes].map(({ id }) => id)]);
}

export const addNode =
  (id: string, node: DocumentNode, at: Point): Change =>
  (document) => ({
    ...document,
    nodes: { ...document.nodes, [id]: node },
    layout: { ...document.layout, [id]: [...at] },
  });

/** Moves nodes and notes to points. */
export const moveTo =
  (points: Readonly<Record<string, Point>>): Change =>
  (document) => {
    const isNew = (id: string, old: Point | undefined) => {
      const at = points[id];
      return at !== undefined && (old === undefined || at[0] !== old[0] || at[1] !== old[1]);
    };
    const moved = Object.keys(document.nodes).filter((id) => isNew(id, document.layout?.[id]));
    const notes = document.notes ?? [];
    if (moved.length === 0 && !notes.some(({ id, at }) => isNew(id, at))) return document;
    const layout = { ...document.layout };
    for (const id of moved) layout[id] = [...points[id]!];
    const movedNotes = notes.map((note) =>
      isNew(note.id, note.at) ? { ...note, at: [...points[note.id]!] as [number, number] } : note,
    );
    return withField(withField(document, 'layout', layout), 'notes', movedNotes);
  };

/** Draws a wire; one that fed the same input before is replaced unless the input takes many. */
export const connect =
  (edge: DocumentEdge, takesMany: boolean): Change =>
  (document) => {
    if (document.edges.some((other) => wireName(other) === wireName(edge))) return document;
    const kept = takesMany ? document.edges : document.edges.filter(({ to }) => to !== edge.to);
    return { ...document, edges: [...kept, edge] };
  };

/** Draws a wire in place of the one with this name. */
export const reconnect =
  (name: string, edge: DocumentEdge, takesMany: boolean): Change =>
  (document) => {
    const edges = document.edges.filter((other) => wireName(other) !== name);
    return connect(edge, takesMany)({ ...document, edges });
  };

/** Removes nodes, notes, groups (not what is in them) and wires, and everything that names a removed node. */
export const remove =
  (ids: ReadonlySet<string>, wires: ReadonlySet<string>): Change =>
  (document) => {
    const isGone = (reference: string) => ids.has(splitReference(reference).nodeId);
    const edges = document.edges.filter(
      (edge) => !wires.has(wireName(edge)) && !isGone(edge.from) && !isGone(edge.to),
    );
    const groups = (document.groups ?? [])
      .filter(({ id }) => !ids.has(id))
      .map((group) => ({ ...group, nodes: group.nodes.filter((id) => !ids.has(id)) }))
      .filter(({ nodes }) => nodes.length > 0);
    const notes = (document.notes ?? []).filter(({ id }) => !ids.has(id));
    const keep = <V>(record: Readonly<Record<string, V>> = {}) =>
      Object.fromEntries(Object.entries(record).filter(([id]) => !ids.has(id)));
    const expose = Object.fromEntries(
      Object.entries(document.expose ?? {}).filter(([, reference]) => !isGone(reference)),
    );
    let changed: GraphDocument = { ...document, nodes: keep(document.nodes), edges };
    changed = withField(changed, 'layout', keep(document.layout));
    changed = withField(changed, 'groups', groups);
    changed = withField(changed, 'notes', notes);
    return withField(changed, 'expose', expose);
  };

/** Changes fields of a node; `undefined` drops one. */
export const editNode =
  (
    id: string,
    fields: { readonly [K in keyof DocumentNode]?: DocumentNode[K] | undefined },
  ): Change =>
  (document) => {
    const node = document.nodes[id];
    if (node === undefined) return document;
    const merged = Object.entries({ ...node, ...fields }).filter(
      ([, value]) => value !== undefined,
    );
    // Required fields are never set to undefined by callers.
    return {
      ...document,
      nodes: { ...document.nodes, [id]: Object.fromEntries(merged) as DocumentNode },
    };
  };

type ParamValue = DocumentNode['params'][string];

/** Sets a parameter; undefined puts it back to its default. */
export const setParam =
  (id: string, name: string, value: ParamValue | undefined): Change =>
  (document) => {
    const node = document.nodes[id];
    if (node === undefined) return document;
    const { [name]: _, ...rest } = node.params;
    const params = value === undefined ? rest : { ...node.params, [name]: value };
    return editNode(id, { params })(document);
  };

/** Disables or enables nodes. */
export const setDisabled =
  (ids: Iterable<string>, isDisabled: boolean): Change =>
  (document) =>
    [...ids].reduce(
      (result, id) => editNode(id, { disabled: isDisabled || undefined })(result),
      document,
    );

/** Makes a parameter settable by name from outside (`--set NAME=...`), or no longer when `name` is undefined. */
export const exposeParam =
  (reference: string, name: string | undefined): Change =>
  (document) => {
    const others = Object.entries(document.expose ?? {}).filter(([, other]) => other !== reference);
    const expose = Object.fromEntries(name === undefined ? others : [...others, [name, reference]]);
    return withField(document, 'expose', expose);
  };

/** Sets the folder that `$RADIOGRAPH_DATA` stands for; empty = the environment's. */
export const setDataFolder =
  (folder: string): Change =>
  ({ data: _, ...document }) =>
    folder === '' ? document : { ...document, data: folder };

/** Sets the points that a wire is drawn through. */
export const setVia =
  (wire: string, via: readonly Point[]): Change =>
  (document) => ({
    ...document,
    edges: document.edges.map((edge) => {
      if (wireName(edge) !== wire) return edge;
      const { from, to } = edge;
      return via.length === 0
        ? { from, to }
        : { from, to, via: via.map(([x, y]): [number, number] => [x, y]) };
    }),
  });

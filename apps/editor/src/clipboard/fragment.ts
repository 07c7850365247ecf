/** Parts of a document as a document of their own: what copy puts on the clipboard and paste takes from it. */
import {
  type DocumentEdge,
  type GraphDocument,
  parseDocument,
  printDocument,
  splitReference,
} from '@radiograph/graph';
import { freeId, idsOf, type Point, withField } from '../document/edits.ts';

/** The nodes, notes and whole groups among `ids`, with the wires between them. Undefined when there are none. */
export function cutOut(
  document: GraphDocument,
  ids: ReadonlySet<string>,
): GraphDocument | undefined {
  const grouped = (document.groups ?? [])
    .filter(({ id }) => ids.has(id))
    .flatMap((group) => group.nodes);
  const chosen = new Set([...ids, ...grouped]);
  const pick = <V>(record: Readonly<Record<string, V>> = {}) =>
    Object.fromEntries(Object.entries(record).filter(([id]) => chosen.has(id)));
  const nodes = pick(document.nodes);
  const notes = (document.notes ?? []).filter(({ id }) => chosen.has(id));
  if (Object.keys(nodes).length === 0 && notes.length === 0) return undefined;
  const has = (reference: string) => splitReference(reference).nodeId in nodes;
  const plain: GraphDocument = {
    format: document.format,
    name: document.name,
    description: '',
    seed: document.seed,
    nodes,
    edges: document.edges.filter(({ from, to }) => has(from) && has(to)),
  };
  const groups = (document.groups ?? []).filter((group) => group.nodes.every((id) => id in nodes));
  return withField(
    withField(withField(plain, 'layout', pick(document.layout)), 'groups', groups),
    'notes',
    notes,
  );
}

/** The clipboard's text for these parts. */
export const printFragment = (fragment: GraphDocument): string => printDocument(fragment);

/** Reads pasted text. @throws {RadiographError} with what is wrong with it. */
export const readFragment = (text: string): GraphDocument => parseDocument(text);

/** A document with a fragment added under free ids, moved by `shift`. */
export function insertFragment(
  document: GraphDocument,
  fragment: GraphDocument,
  shift: Point,
): { readonly document: GraphDocument; readonly ids: readonly string[] } {
  const rename = renaming(document, fragment);
  const move = ([x, y]: Point): [number, number] => [x + shift[0], y + shift[1]];
  const renamed = <V>(record: Readonly<Record<string, V>> = {}) =>
    Object.entries(record).map(([id, value]): [string, V] => [rename(id), value]);
  const reference = (text: string) => {
    const { nodeId, name } = splitReference(text);
    return `${rename(nodeId)}.${name}`;
  };
  const edges = fragment.edges.map(
    (edge): DocumentEdge => ({
      ...edge,
      from: reference(edge.from),
      to: reference(edge.to),
      ...(edge.via === undefined ? {} : { via: edge.via.map(move) }),
    }),
  );
  const layout = renamed(fragment.layout).map(([id, at]): [string, [number, number]] => [
    id,
    move(at),
  ]);
  const groups = (fragment.groups ?? []).map((group) => ({
    ...group,
    id: rename(group.id),
    nodes: group.nodes.map(rename),
  }));
  const notes = (fragment.notes ?? []).map((note) => ({
    ...note,
    id: rename(note.id),
    at: move(note.at),
  }));
  const nodes = Object.fromEntries(renamed(fragment.nodes));
  let changed: GraphDocument = {
    ...document,
    nodes: { ...document.nodes, ...nodes },
    edges: [...document.edges, ...edges],
  };
  changed = withField(changed, 'layout', { ...document.layout, ...Object.fromEntries(layout) });
  changed = withField(changed, 'groups', [...(document.groups ?? []), ...groups]);
  changed = withField(changed, 'notes', [...(document.notes ?? []), ...notes]);
  return { document: changed, ids: [...Object.keys(nodes), ...notes.map(({ id }) => id)] };
}

function renaming(document: GraphDocument, fragment: GraphDocument): (id: string) => string {
  const taken = idsOf(document);
  const names = new Map<string, string>();
  for (const id of idsOf(fragment)) {
    const free = freeId(taken, id);
    taken.add(free);
    names.set(id, free);
  }
  return (id) => names.get(id) ?? id;
}

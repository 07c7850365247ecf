/** Adds nodes and wires to the document, with the words for history and screen readers. */
import type { NodeDescription } from '@radiograph/graph';
import { splitReference, wireName } from '@radiograph/graph';
import { catalogStore, findPort } from '../catalog/catalog.ts';
import { applyEdit, documentStore } from '../document/document-store.ts';
import { addNode, connect, freeId, idsOf, type Point, reconnect } from '../document/edits.ts';
import { select } from '../document/selection-store.ts';
import { announce } from '../shell/announce.ts';
import { type Adapter, explainRefusal, type Wish, withoutWire } from './wire-rules.ts';

const grid = 20;
const snap = ([x, y]: Point): [number, number] => [
  Math.round(x / grid) * grid,
  Math.round(y / grid) * grid,
];

/** A wire to draw together with a new node; `port` is the new node's. */
export type Attach =
  | { readonly type: 'from'; readonly reference: string; readonly port: string }
  | { readonly type: 'to'; readonly reference: string; readonly port: string };

/** Adds a node of this type, wired if asked for, and selects it. Returns its id. */
export function addStep(
  { type, version, title }: NodeDescription,
  at: Point,
  attach?: Attach,
): string {
  const id = freeId(idsOf(documentStore.getState().document), type.split('.').at(-1) ?? type);
  applyEdit({
    label: `Add ${title}`,
    apply: (document) => {
      const added = addNode(id, { type, version, params: {} }, snap(at))(document);
      if (attach === undefined) return added;
      const own = `${id}.${attach.port}`;
      const edge =
        attach.type === 'from'
          ? { from: attach.reference, to: own }
          : { from: own, to: attach.reference };
      return connect(edge, takesMany(added.nodes, edge.to))(added);
    },
  });
  select([id]);
  announce(`Added ${title}.`);
  return id;
}

/** Draws a wire; returns why not when it is refused. */
export function addWire(wish: Wish): string | undefined {
  const { document } = documentStore.getState();
  const refusal = explainRefusal(document, wish);
  if (refusal !== undefined) return refusal;
  applyEdit({ label: 'Connect', apply: connect(wish, takesMany(document.nodes, wish.to)) });
  announce(`Connected ${wish.from} to ${wish.to}.`);
  return undefined;
}

/** Moves an end of a wire to another port; returns why not when it is refused. */
export function moveWire(name: string, wish: Wish): string | undefined {
  const { document } = documentStore.getState();
  const refusal = explainRefusal(withoutWire(document, name), wish);
  if (refusal !== undefined) return refusal;
  applyEdit({
    label: 'Move wire',
    apply: reconnect(name, wish, takesMany(document.nodes, wish.to)),
  });
  select([], [wireName(wish)]);
  announce(`The wire goes from ${wish.from} to ${wish.to} now.`);
  return undefined;
}

/** Puts an adapter between two ports, wired to both. */
export function addAdapter({ from, to }: Wish, { type, input, output }: Adapter): void {
  const { document } = documentStore.getState();
  const id = freeId(idsOf(document), type.type.split('.').at(-1) ?? type.type);
  const at = middleOf(document.layout ?? {}, from, to);
  applyEdit({
    label: `Insert ${type.title}`,
    apply: (before) => {
      const step = { type: type.type, version: type.version, params: {} };
      const first = connect(
        { from, to: `${id}.${input}` },
        false,
      )(addNode(id, step, snap(at))(before));
      return connect({ from: `${id}.${output}`, to }, takesMany(first.nodes, to))(first);
    },
  });
  select([id]);
  announce(`Inserted ${type.title} between ${from} and ${to}.`);
}

function middleOf(layout: Readonly<Record<string, Point>>, from: string, to: string): Point {
  const [ax, ay] = layout[splitReference(from).nodeId] ?? [0, 0];
  const [bx, by] = layout[splitReference(to).nodeId] ?? [ax + 480, ay];
  return [(ax + bx) / 2, (ay + by) / 2 + 120];
}

const takesMany = (nodes: Parameters<typeof findPort>[0], reference: string) =>
  findPort(nodes, reference, 'inputs')?.arity === 'many';

/** The installed type of a node, if any. */
export const typeOf = (type: string) => catalogStore.getState().types.get(type);

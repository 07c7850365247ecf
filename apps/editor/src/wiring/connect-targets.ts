/** What the connect dialog offers: every wire that the selected node could get, and nodes to add for its outputs. */
import { explainMismatch, type GraphDocument, type Port, wireName } from '@radiograph/graph';
import type { Catalog } from '../catalog/catalog.ts';
import { explainRefusal, fitsAfter, type Wish, withoutWire } from './wire-rules.ts';

/** A wire to draw, perhaps to a node that is added for it. */
export type Target =
  | {
      readonly type: 'wire';
      readonly wish: Wish;
      /** The input has a wire, which this one would replace. */
      readonly isTaken: boolean;
    }
  | {
      readonly type: 'new';
      readonly from: string;
      readonly nodeType: string;
      readonly title: string;
      readonly port: string;
    };

type End = { readonly reference: string; readonly port: Port };

/** Wires to free inputs first, then wires that replace one, then new nodes. */
export function listTargets(document: GraphDocument, catalog: Catalog, id: string): Target[] {
  const portsOf = portReader(document, catalog);
  const others = Object.keys(document.nodes).filter((other) => other !== id);
  const outputs = portsOf([id], 'outputs');
  const pairs = [
    ...crossJoin(outputs, portsOf(others, 'inputs')),
    ...crossJoin(portsOf(others, 'outputs'), portsOf([id], 'inputs')),
  ];
  const wires = allowed(document, pairs);
  const fresh = outputs.flatMap(({ reference, port }) =>
    fitsAfter(catalog, port).map(
      (fit): Target => ({
        type: 'new',
        from: reference,
        nodeType: fit.type.type,
        title: fit.type.title,
        port: fit.port,
      }),
    ),
  );
  return [...wires, ...fresh];
}

/** Where each end of a wire could go instead: to free inputs first, then to those that lose their wire. */
export function listMoves(document: GraphDocument, catalog: Catalog, name: string): Target[] {
  const wire = document.edges.find((edge) => wireName(edge) === name);
  if (wire === undefined) return [];
  const portsOf = portReader(document, catalog);
  const ids = Object.keys(document.nodes);
  const [outputs, inputs] = [portsOf(ids, 'outputs'), portsOf(ids, 'inputs')];
  const pairs = [
    ...crossJoin(
      outputs.filter(({ reference }) => reference === wire.from),
      inputs,
    ),
    ...crossJoin(
      outputs,
      inputs.filter(({ reference }) => reference === wire.to),
    ),
  ].filter(({ from, to }) => from.reference !== wire.from || to.reference !== wire.to);
  return allowed(withoutWire(document, name), pairs);
}

const portReader =
  ({ nodes }: GraphDocument, catalog: Catalog) =>
  (ids: readonly string[], side: 'inputs' | 'outputs'): End[] =>
    ids.flatMap((id) =>
      Object.entries(catalog.get(nodes[id]?.type ?? '')?.[side] ?? {}).map(([name, port]) => ({
        reference: `${id}.${name}`,
        port,
      })),
    );

/** The pairs that fit and are not drawn yet, as targets. */
function allowed(
  document: GraphDocument,
  pairs: readonly { readonly from: End; readonly to: End }[],
): Target[] {
  const drawn = new Set(document.edges.map(wireName));
  const wired = new Set(document.edges.map(({ to }) => to));
  return pairs
    .filter(({ from, to }) => explainMismatch(from.port, to.port) === undefined)
    .map(({ from, to }) => ({
      type: 'wire' as const,
      wish: { from: from.reference, to: to.reference },
      isTaken: to.port.arity !== 'many' && wired.has(to.reference),
    }))
    .filter(({ wish }) => !drawn.has(wireName(wish)) && !explainRefusal(document, wish))
    .toSorted((a, b) => Number(a.isTaken) - Number(b.isTaken));
}

const crossJoin = (outputs: readonly End[], inputs: readonly End[]) =>
  outputs.flatMap((from) => inputs.map((to) => ({ from, to })));

/** How a target reads: `split.train → expert.images`. */
export const nameOf = (target: Target): string =>
  target.type === 'wire'
    ? `${target.wish.from} → ${target.wish.to}`
    : `${target.from} → new ${target.title}, ${target.port}`;

/** The targets that hold every word of the query. */
export function searchTargets(targets: readonly Target[], query: string): readonly Target[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return targets.filter((target) => {
    const name = nameOf(target).toLowerCase();
    return words.every((word) => name.includes(word));
  });
}

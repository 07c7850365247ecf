/** What the connect dialog offers: every wire that the selected node could get, and nodes to add for its outputs. */
import { explainMismatch, type GraphDocument, type Port, wireName } from '@radiograph/graph';
import type { Catalog } from '../catalog/catalog.ts';
import { explainRefusal, fitsAfter, type Wish } from './wire-rules.ts';

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
  const portsOf = (ids: readonly string[], side: 'inputs' | 'outputs'): End[] =>
    ids.flatMap((nodeId) =>
      Object.entries(catalog.get(document.nodes[nodeId]?.type ?? '')?.[side] ?? {}).map(
        ([name, port]) => ({ reference: `${nodeId}.${name}`, port }),
      ),
    );
  const others = Object.keys(document.nodes).filter((other) => other !== id);
  const outputs = portsOf([id], 'outputs');
  const pairs = [
    ...crossJoin(outputs, portsOf(others, 'inputs')),
    ...crossJoin(portsOf(others, 'outputs'), portsOf([id], 'inputs')),
  ];
  const drawn = new Set(document.edges.map(wireName));
  const wired = new Set(document.edges.map(({ to }) => to));
  const wires = pairs
    .filter(({ from, to }) => explainMismatch(from.port, to.port) === undefined)
    .map(({ from, to }) => ({
      wish: { from: from.reference, to: to.reference },
      isTaken: to.port.arity !== 'many' && wired.has(to.reference),
    }))
    .filter(({ wish }) => !drawn.has(wireName(wish)) && !explainRefusal(document, wish))
    .toSorted((a, b) => Number(a.isTaken) - Number(b.isTaken));
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
  return [...wires.map((wire): Target => ({ type: 'wire', ...wire })), ...fresh];
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

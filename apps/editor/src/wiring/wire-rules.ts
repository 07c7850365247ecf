/** Which wires may be drawn, why one may not, and what could stand between. */
import {
  explainMismatch,
  type GraphDocument,
  type NodeDescription,
  type Port,
  splitReference,
  wireName,
} from '@radiograph/graph';
import { type Catalog, findPort } from '../catalog/catalog.ts';

/** A wire that somebody tries to draw. */
export type Wish = { readonly from: string; readonly to: string };

/** Says why a wire may not be drawn; undefined when it may. A taken input is no reason: its wire is replaced. */
export function explainRefusal(
  { nodes, edges }: GraphDocument,
  { from, to }: Wish,
): string | undefined {
  const output = findPort(nodes, from, 'outputs');
  const input = findPort(nodes, to, 'inputs');
  if (output === undefined || input === undefined)
    return 'One end is not a port of an installed node.';
  const [source, target] = [from, to].map((reference) => splitReference(reference).nodeId);
  if (source === target) return 'A node cannot feed itself.';
  const mismatch = explainMismatch(output, input);
  if (mismatch !== undefined) return `${to} ${mismatch.replace(/^expected/, 'takes')}`;
  if (reaches(edges, target!, source!))
    return `${target} already feeds ${source}: this wire would close a cycle.`;
  return undefined;
}

/** The document as it is for a wire that is being moved. */
export const withoutWire = (document: GraphDocument, name: string): GraphDocument => ({
  ...document,
  edges: document.edges.filter((edge) => wireName(edge) !== name),
});

function reaches(edges: GraphDocument['edges'], start: string, goal: string): boolean {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const [source, target] = [splitReference(from).nodeId, splitReference(to).nodeId];
    next.set(source, [...(next.get(source) ?? []), target]);
  }
  const seen = new Set([start]);
  for (const id of seen) {
    if (id === goal) return true;
    for (const target of next.get(id) ?? []) seen.add(target);
  }
  return false;
}

/** A node type that could stand at the other end of a wire, and the port it would use. */
export type Fit = { readonly type: NodeDescription; readonly port: string };

/** Node types that take this output, best first: those that need it before those that may take it. */
export function fitsAfter(catalog: Catalog, output: Port): Fit[] {
  const rank = { one: 0, many: 1, optional: 2 };
  return rankFits(catalog, 'inputs', (port) => explainMismatch(output, port) === undefined, rank);
}

/** Node types that give what this input takes, best first: those that give little else. */
export function fitsBefore(catalog: Catalog, input: Port): Fit[] {
  const rank = { one: 0, many: 0, optional: 0 };
  return rankFits(catalog, 'outputs', (port) => explainMismatch(port, input) === undefined, rank);
}

function rankFits(
  catalog: Catalog,
  side: 'inputs' | 'outputs',
  isFit: (port: Port) => boolean,
  rank: { readonly [A in Port['arity']]: number },
): Fit[] {
  const scored = [...catalog.values()].flatMap((type) => {
    const ports = Object.entries(type[side]);
    const fitting = ports.filter(([, port]) => isFit(port));
    const best = fitting.toSorted(([, a], [, b]) => rank[a.arity] - rank[b.arity])[0];
    if (best === undefined) return [];
    const [port, { arity }] = best;
    return [{ type, port, score: rank[arity] * 100 + ports.length }];
  });
  return scored
    .toSorted((a, b) => a.score - b.score || a.type.title.localeCompare(b.type.title))
    .map(({ type, port }) => ({ type, port }));
}

/** A node type that turns what `from` gives into what `to` takes. */
export type Adapter = {
  readonly type: NodeDescription;
  readonly input: string;
  readonly output: string;
};

/** Node types that fit between the two ports, those with the fewest other required inputs first. */
export function findAdapters(catalog: Catalog, from: Port, to: Port): Adapter[] {
  return [...catalog.values()]
    .flatMap((type) => {
      const input = Object.entries(type.inputs).find(
        ([, port]) => explainMismatch(from, port) === undefined,
      );
      const output = Object.entries(type.outputs).find(
        ([, port]) => explainMismatch(port, to) === undefined,
      );
      return input === undefined || output === undefined
        ? []
        : [{ type, input: input[0], output: output[0] }];
    })
    .toSorted((a, b) => requiredInputs(a.type) - requiredInputs(b.type));
}

const requiredInputs = ({ inputs }: NodeDescription) =>
  Object.values(inputs).filter(({ arity }) => arity === 'one').length;

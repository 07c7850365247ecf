/** Large graphs for the editor: every installed node type in turn, wired where ports fit, on a grid. */
import { explainMismatch, type GraphDocument, wireName } from '@radiograph/graph';
import { registry } from '../../apps/runner/src/registry.ts';

const columns = 40;

/** A document of `nodeCount` nodes with exactly `wireCount` wires between neighbors of the grid. */
export function largeGraph(nodeCount: number, wireCount: number): GraphDocument {
  const types = registry.list();
  const ids = Array.from({ length: nodeCount }, (_, index) => `n${index}`);
  const typeAt = (index: number) => types[index % types.length]!;
  const nodes = Object.fromEntries(
    ids.map((id, index) => {
      const { type, version } = typeAt(index);
      return [id, { type, version, params: {} }];
    }),
  );
  const layout = Object.fromEntries(
    ids.map((id, index): [string, [number, number]] => [
      id,
      [(index % columns) * 260, Math.floor(index / columns) * 260],
    ]),
  );
  return {
    format: 'radiograph/1',
    name: `${nodeCount} nodes`,
    description: '',
    seed: 0,
    nodes,
    edges: wireNeighbors(ids, typeAt, wireCount),
    layout,
  };
}

type TypeAt = (index: number) => ReturnType<typeof registry.list>[number];

/** Wires from each node to those after it, nearest first: no cycle, one wire per input. */
function wireNeighbors(ids: readonly string[], typeAt: TypeAt, count: number) {
  const edges: { from: string; to: string }[] = [];
  const taken = new Set<string>();
  for (let distance = 1; distance < ids.length && edges.length < count; distance++)
    for (let index = 0; index + distance < ids.length && edges.length < count; index++) {
      const wire = firstFit(ids, typeAt, [index, index + distance], taken);
      if (wire === undefined) continue;
      taken.add(wire.to);
      edges.push(wire);
    }
  if (new Set(edges.map(wireName)).size < count)
    throw new Error(`expected ${count} wires, got ${edges.length}`);
  return edges;
}

function firstFit(
  ids: readonly string[],
  typeAt: TypeAt,
  [source, target]: readonly [number, number],
  taken: ReadonlySet<string>,
) {
  for (const [output, from] of Object.entries(typeAt(source).outputs))
    for (const [input, to] of Object.entries(typeAt(target).inputs)) {
      const wire = { from: `${ids[source]}.${output}`, to: `${ids[target]}.${input}` };
      if (!taken.has(wire.to) && explainMismatch(from, to) === undefined) return wire;
    }
  return undefined;
}

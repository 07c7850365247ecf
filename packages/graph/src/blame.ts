/** Which nodes a problem keeps from running. */
import { closureOf } from './closure.ts';
import { type GraphDocument, splitReference } from './document.ts';
import { type Problem, RadiographError } from './errors.ts';
import { listAccepted } from './suggest.ts';

/** The nodes that a problem is about: that of its path, the one a wire leads to, those on or behind a cycle; none for names and layout. */
export function placesOf(
  { path }: Problem,
  document: GraphDocument,
  order: readonly string[],
): readonly string[] {
  const [part, place] = path.split('.');
  if (part === 'nodes') return [place!];
  if (part !== 'edges') return [];
  if (place !== undefined) return [splitReference(document.edges[Number(place)]!.to).nodeId];
  const sorted = new Set(order);
  return Object.keys(document.nodes).filter((id) => !sorted.has(id));
}

type Inspected = { readonly problems: readonly Problem[]; readonly order: readonly string[] };

/** Every node that cannot run because of a problem, with the reason: its own, or that of a node it needs. */
export function blameNodes(
  document: GraphDocument,
  { problems, order }: Inspected,
): ReadonlyMap<string, string> {
  const broken = new Set(problems.flatMap((problem) => placesOf(problem, document, order)));
  const reached = closureOf(document.edges, [...broken], 'after');
  const blamed = [...reached].filter((id) => id in document.nodes);
  return new Map(
    blamed.map((id) => {
      if (broken.has(id)) return [id, 'has a problem'];
      const needed = [...closureOf(document.edges, [id], 'before')].find((other) =>
        broken.has(other),
      );
      return [id, `needs ${needed}, which has a problem`];
    }),
  );
}

/** @throws a usage error for a node that is not there, which lists what is. */
export function assertNodes({ nodes }: GraphDocument, flag: string, ids: readonly string[]): void {
  for (const nodeId of ids) {
    if (Object.hasOwn(nodes, nodeId)) continue;
    throw new RadiographError('usage', {
      path: `${flag} ${nodeId}`,
      message: `expected ${listAccepted(nodeId, Object.keys(nodes))}`,
    });
  }
}

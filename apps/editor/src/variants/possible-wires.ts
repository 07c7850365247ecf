import { explainMismatch, type GraphDocument, wireName } from '@radiograph/graph';
import type { Catalog } from '../catalog/catalog.ts';

/** Names of the wires that could be drawn: between fitting ports, not drawn yet. */
export function listPossibleWires({ nodes, edges }: GraphDocument, catalog: Catalog): string[] {
  const drawn = new Set(edges.map(wireName));
  const portsOf = (side: 'inputs' | 'outputs') =>
    Object.entries(nodes).flatMap(([id, { type }]) =>
      Object.entries(catalog.get(type)?.[side] ?? {}).map(([name, port]) => ({
        id,
        port,
        reference: `${id}.${name}`,
      })),
    );
  const inputs = portsOf('inputs');
  return portsOf('outputs').flatMap((output) =>
    inputs
      .filter(
        (input) => input.id !== output.id && explainMismatch(output.port, input.port) === undefined,
      )
      .map((input) => wireName({ from: output.reference, to: input.reference }))
      .filter((name) => !drawn.has(name)),
  );
}

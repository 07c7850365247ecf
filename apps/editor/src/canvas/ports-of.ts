import {
  type GraphDocument,
  type NodeDescription,
  type Port,
  splitReference,
} from '@radiograph/graph';
import type { Catalog } from '../catalog/catalog.ts';

/** The names of a node's ports; their values are its type's, where that is installed. */
export type NodePorts = {
  readonly inputs: Readonly<Record<string, Port | undefined>>;
  readonly outputs: Readonly<Record<string, Port | undefined>>;
};

type Place = { readonly document: GraphDocument; readonly catalog: Catalog };

/** The ports of a node: those of its type, or, when that is not installed, those that wires name. */
export function portsOf({ document, catalog }: Place, id: string): NodeDescription | NodePorts {
  return catalog.get(document.nodes[id]?.type ?? '') ?? wiredPorts(document, id);
}

function wiredPorts({ edges }: GraphDocument, id: string): NodePorts {
  const named = (references: readonly string[]) =>
    Object.fromEntries(
      references
        .map(splitReference)
        .filter(({ nodeId }) => nodeId === id)
        .map(({ name }) => [name, undefined]),
    );
  return {
    inputs: named(edges.map(({ to }) => to)),
    outputs: named(edges.map(({ from }) => from)),
  };
}

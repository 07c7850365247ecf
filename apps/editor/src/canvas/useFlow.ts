import { useRef } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { useDocument } from '../document/document-store.ts';
import { useSelection } from '../document/selection-store.ts';
import { useCanvas } from './canvas-store.ts';
import { toFlowEdges } from './flow-edges.ts';
import { toFlowNodes } from './flow-nodes.ts';
import type { FlowNode, WireFlowEdge } from './flow-types.ts';

type Drawn<T> = {
  readonly list: T[];
  readonly byId: ReadonlyMap<string, T>;
  readonly key: readonly unknown[];
};

/** Nodes and wires of the canvas; each list keeps its identity while its sources do. */
export function useFlow(): { readonly nodes: FlowNode[]; readonly edges: WireFlowEdge[] } {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const selectedNodes = useSelection(({ nodes }) => nodes);
  const selectedEdges = useSelection(({ edges }) => edges);
  const dragged = useCanvas((state) => state.dragged);
  const nodes = useDrawn<FlowNode>([document, catalog, selectedNodes, dragged], (previous) =>
    toFlowNodes({ document, catalog, selected: selectedNodes, dragged }, previous),
  );
  const edges = useDrawn<WireFlowEdge>([document, catalog, selectedEdges], (previous) =>
    toFlowEdges({ document, catalog, selected: selectedEdges }, previous),
  );
  return { nodes, edges };
}

function useDrawn<T extends { readonly id: string }>(
  key: readonly unknown[],
  draw: (previous: ReadonlyMap<string, T>) => T[],
): T[] {
  const drawn = useRef<Drawn<T>>({ list: [], byId: new Map(), key: [] });
  const isSame =
    drawn.current.key.length > 0 && key.every((part, i) => part === drawn.current.key[i]);
  if (!isSame) {
    const list = draw(drawn.current.byId);
    drawn.current = { list, byId: new Map(list.map((item) => [item.id, item])), key };
  }
  return drawn.current.list;
}

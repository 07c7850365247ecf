import { useRef } from 'react';
import { useCatalog } from '../catalog/catalog.ts';
import { useDocument } from '../document/document-store.ts';
import { useSelection } from '../document/selection-store.ts';
import { useCanvas } from './canvas-store.ts';
import { toFlowEdges } from './flow-edges.ts';
import { moveFlowNodes, type Scene, toFlowNodes } from './flow-nodes.ts';
import type { FlowNode, WireFlowEdge } from './flow-types.ts';
import { type Layers, splitLayers } from './overview/layers.ts';

type Drawn<T> = { readonly value: T; readonly key: readonly unknown[] };

/** Nodes and wires of the canvas; each list keeps its identity while its sources do. */
export function useFlow(): Layers & { readonly all: readonly FlowNode[] } {
  const document = useDocument((state) => state.document);
  const catalog = useCatalog();
  const selectedNodes = useSelection(({ nodes }) => nodes);
  const selectedEdges = useSelection(({ edges }) => edges);
  const dragged = useCanvas((state) => state.dragged);
  const hovered = useCanvas((state) => state.hovered);
  const isFar = useCanvas((state) => state.isFar);
  const isBoxSelecting = useCanvas((state) => state.isBoxSelecting);
  const resting = useDrawn<Resting>([document, catalog, selectedNodes], () => ({
    document,
    catalog,
    selected: selectedNodes,
  }));
  const nodes = useNodes(resting, dragged);
  const movingIds = Object.keys(dragged)
    .slice(0, liftLimit + 1)
    .join();
  const moving = useDrawn([movingIds], () => liftedOf(dragged));
  const edges = useDrawn<WireFlowEdge[]>([document, catalog, selectedEdges, moving], (previous) =>
    toFlowEdges({ document, catalog, selected: selectedEdges, moving }, byId(previous)),
  );
  const isPainted = isFar !== false && !isBoxSelecting;
  const layers = useDrawn<Layers>([nodes, edges, hovered, isPainted], (previous) =>
    splitLayers({ nodes, edges, hovered, dragged, isPainted }, previous),
  );
  return { ...layers, all: nodes };
}

/** Of more nodes the wires stay where they lie: each would be a layer. */
const liftLimit = 20;

function liftedOf(dragged: Scene['dragged']): ReadonlySet<string> {
  const ids = Object.keys(dragged);
  return new Set(ids.length > liftLimit ? [] : ids);
}

type Resting = Omit<Scene, 'dragged'>;
type DrawnNodes = Scene & { readonly resting: Resting; readonly nodes: FlowNode[] };

/** While a drag goes on, only what it moves is looked at. */
function useNodes(resting: Resting, dragged: Scene['dragged']): FlowNode[] {
  const scene = { ...resting, dragged };
  const drawn = useDrawn<DrawnNodes>([resting, dragged], (previous) => {
    const moved =
      previous?.resting === resting
        ? moveFlowNodes(scene, previous.nodes, previous.dragged)
        : undefined;
    return { ...scene, resting, nodes: moved ?? toFlowNodes(scene, byId(previous?.nodes)) };
  });
  return drawn.nodes;
}

function byId<T extends { readonly id: string }>(list: readonly T[] = []): ReadonlyMap<string, T> {
  return new Map(list.map((item) => [item.id, item]));
}

function useDrawn<T>(key: readonly unknown[], draw: (previous: T | undefined) => T): T {
  const drawn = useRef<Drawn<T>>(undefined);
  const known = drawn.current;
  if (known !== undefined && key.every((part, index) => part === known.key[index]))
    return known.value;
  const value = draw(known?.value);
  drawn.current = { value, key };
  return value;
}

/** What of a graph is in the page as elements, and what is only painted. */
import type { Point } from '../../document/edits.ts';
import type { FlowNode, WireFlowEdge } from '../flow-types.ts';

export type Layers = {
  /** All nodes; those that are only painted are hidden. */
  readonly nodes: FlowNode[];
  readonly edges: WireFlowEdge[];
  /** What is painted; undefined when everything is in the page. */
  readonly painted:
    | { readonly nodes: readonly FlowNode[]; readonly edges: readonly WireFlowEdge[] }
    | undefined;
};

type Graph = {
  readonly nodes: FlowNode[];
  readonly edges: WireFlowEdge[];
  readonly hovered: string | null;
  readonly dragged: Readonly<Record<string, Point>>;
  /** Whether the view is so far away that painting is enough. */
  readonly isPainted: boolean;
};

/** Smaller graphs are quick enough as elements. */
const paintedFrom = 150;
/** More selected nodes than this stay painted. */
const liveLimit = 40;

/** From afar only nodes under the pointer or selected, and their wires, are elements; all others of a large graph are painted. */
export function splitLayers(graph: Graph, previous: Layers | undefined): Layers {
  const { nodes, edges, hovered, dragged, isPainted } = graph;
  if (!isPainted || nodes.length < paintedFrom) return { nodes, edges, painted: undefined };
  const selected = nodes.filter((node) => node.selected).map(({ id }) => id);
  const live = new Set(selected.length > liveLimit ? [] : selected);
  if (hovered !== null) live.add(hovered);
  const isMoving = ({ id }: FlowNode) => live.has(id) && id in dragged;
  const moving = new Set(nodes.filter(isMoving).map(({ id }) => id));
  const still = nodes.filter(({ id }) => !moving.has(id));
  return {
    nodes: nodes.map((node) => (node.type !== 'step' || live.has(node.id) ? node : hiddenOf(node))),
    edges: edges.filter(
      ({ source, target, selected: isSelected }) =>
        live.has(source) || live.has(target) || isSelected,
    ),
    painted: keepPainted({ nodes: still, edges }, previous?.painted),
  };
}

const hiddenCopies = new WeakMap<FlowNode, FlowNode>();

/** The same object for the same node, so that React Flow skips it. */
function hiddenOf(node: FlowNode): FlowNode {
  const known = hiddenCopies.get(node);
  if (known !== undefined) return known;
  const copy = { ...node, hidden: true };
  hiddenCopies.set(node, copy);
  return copy;
}

type Painted = NonNullable<Layers['painted']>;

function keepPainted(fresh: Painted, old: Layers['painted']): Painted {
  const isSame =
    old !== undefined &&
    old.edges === fresh.edges &&
    old.nodes.length === fresh.nodes.length &&
    old.nodes.every((node, index) => node === fresh.nodes[index]);
  return isSame ? old : fresh;
}

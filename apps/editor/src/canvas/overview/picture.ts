/** Nodes and wires -> shapes in the document's coordinates, made once and painted at any scale. */
import { getBezierPath, Position } from '@xyflow/react';
import { portStyles } from '../../theme/port-style.ts';
import { type Area, boundsOf } from '../area.ts';
import type { FlowNode, FoldedFlowNode, StepFlowNode, WireFlowEdge } from '../flow-types.ts';
import { wirePath } from '../wire-path.ts';

export type PictureNode = Area & {
  readonly title: string;
  readonly color: string;
  readonly isSelected: boolean;
  readonly isDisabled: boolean;
  readonly ports: () => readonly PicturePort[];
};
/** A port; its middle lies at `x`, `y`. */
export type PicturePort = {
  readonly name: string;
  readonly color: string;
  readonly side: 'inputs' | 'outputs';
  readonly isOptional: boolean;
  readonly x: number;
  readonly y: number;
};
export type PictureWire = {
  readonly color: string;
  /** Holds both nodes and all points of the way. */
  readonly box: Area;
  /** Made when it is first painted. */
  readonly path: () => Path2D;
};
export type Picture = {
  readonly nodes: readonly PictureNode[];
  readonly wires: readonly PictureWire[];
  readonly bounds: Area;
};

type PictureGraph = {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly WireFlowEdge[];
};

/** Where a node of the canvas lies. */
export const boxOf = ({ position, width = 0, height = 0 }: FlowNode): Area => ({
  ...position,
  width,
  height,
});

/** The color of a node from afar: that of what it makes, or else of what it takes. */
export function colorOf({ data: { description } }: StepFlowNode): string {
  const ports = { ...description?.inputs, ...description?.outputs };
  const main = Object.values(description?.outputs ?? {})[0] ?? Object.values(ports)[0];
  return main === undefined ? 'var(--soft)' : portStyles[main.kind].color;
}

/** The picture of steps and folded groups; wires whose ends are not among `nodes` are left out. */
export function makePicture({ nodes, edges }: PictureGraph): Picture {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return {
    nodes: nodes.flatMap((node) =>
      node.type === 'step' ? [stepOf(node)] : node.type === 'folded' ? [foldedOf(node)] : [],
    ),
    wires: edges.flatMap((edge) => wireOf(edge, byId)),
    bounds: boundsOf(nodes.map(boxOf)),
  };
}

const stepOf = (node: StepFlowNode): PictureNode => ({
  ...boxOf(node),
  title: node.data.step.label ?? node.data.description?.title ?? node.id,
  color: colorOf(node),
  isSelected: node.selected === true,
  isDisabled: node.data.step.disabled === true,
  ports: () =>
    placesOf(node).map(({ name, side, x, y }) => {
      const port = node.data.description?.[side][name];
      const color = port === undefined ? 'var(--soft)' : portStyles[port.kind].color;
      return { name, side, x, y, color, isOptional: port?.arity === 'optional' };
    }),
});

const foldedOf = (node: FoldedFlowNode): PictureNode => ({
  ...boxOf(node),
  title: node.data.group.title,
  color: 'var(--accent)',
  isSelected: node.selected === true,
  isDisabled: false,
  ports: () =>
    placesOf(node).map((place) => {
      const { color = 'var(--soft)' } =
        node.data[place.side].find(({ reference }) => reference === place.name) ?? {};
      return { ...place, color, isOptional: false };
    }),
});

/** The middle of each port. */
const placesOf = ({ position, handles = [] }: FlowNode) =>
  handles.map(({ id, type, x, y, width = 0, height = 0 }) => ({
    name: id ?? '',
    side: type === 'target' ? ('inputs' as const) : ('outputs' as const),
    x: position.x + x + width / 2,
    y: position.y + y + height / 2,
  }));

function wireOf(edge: WireFlowEdge, byId: ReadonlyMap<string, FlowNode>): readonly PictureWire[] {
  const [from, to] = [byId.get(edge.source), byId.get(edge.target)];
  if (from === undefined || to === undefined) return [];
  const via = edge.data?.via ?? [];
  const points = via.map(([x, y]) => ({ x, y, width: 0, height: 0 }));
  let path: Path2D | undefined;
  return [
    {
      color: edge.data?.color ?? 'var(--soft)',
      box: boundsOf([boxOf(from), boxOf(to), ...points]),
      path: () => {
        path ??= new Path2D(pathOf(edge, from, to));
        return path;
      },
    },
  ];
}

/** The way from the right edge of the output to the left edge of the input; empty where a port is unknown. */
function pathOf(edge: WireFlowEdge, from: FlowNode, to: FlowNode): string {
  const source = from.handles?.find(({ id }) => id === edge.sourceHandle);
  const target = to.handles?.find(({ id }) => id === edge.targetHandle);
  if (source === undefined || target === undefined) return '';
  const sourceX = from.position.x + source.x + (source.width ?? 0);
  const sourceY = from.position.y + source.y + (source.height ?? 0) / 2;
  const targetX = to.position.x + target.x;
  const targetY = to.position.y + target.y + (target.height ?? 0) / 2;
  const via = edge.data?.via ?? [];
  if (via.length > 0) return wirePath([[sourceX, sourceY], ...via, [targetX, targetY]]);
  const sides = { sourcePosition: Position.Right, targetPosition: Position.Left };
  return getBezierPath({ sourceX, sourceY, targetX, targetY, ...sides })[0];
}

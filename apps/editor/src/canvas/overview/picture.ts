/** Nodes and wires -> shapes in the document's coordinates, made once and painted at any scale. */
import { getBezierPath, Position } from '@xyflow/react';
import { portStyles } from '../../theme/port-style.ts';
import type { FlowNode, StepFlowNode, WireFlowEdge } from '../flow-types.ts';
import { wirePath } from '../wire-path.ts';

export type Box = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
export type PictureNode = Box & {
  readonly title: string;
  readonly color: string;
  readonly isSelected: boolean;
  readonly isDisabled: boolean;
};
export type Picture = {
  readonly nodes: readonly PictureNode[];
  /** All wires of one color as one path. */
  readonly wires: ReadonlyMap<string, Path2D>;
  readonly bounds: Omit<Box, 'id'>;
};

/** Where a node of the canvas lies. */
export const boxOf = ({ id, position, width = 0, height = 0 }: FlowNode): Box => ({
  id,
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

/** The picture of the nodes of steps; wires whose ends are not among `nodes` are left out. */
export function makePicture(nodes: readonly FlowNode[], edges: readonly WireFlowEdge[]): Picture {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const wires = new Map<string, Path2D>();
  for (const edge of edges) {
    const path = pathOf(edge, byId);
    if (path === undefined) continue;
    const color = edge.data?.color ?? 'var(--soft)';
    const all = wires.get(color) ?? new Path2D();
    all.addPath(new Path2D(path));
    wires.set(color, all);
  }
  const steps = nodes.filter((node) => node.type === 'step');
  return { nodes: steps.map(pictureOf), wires, bounds: boundsOf(nodes.map(boxOf)) };
}

const pictureOf = (node: StepFlowNode): PictureNode => ({
  ...boxOf(node),
  title: node.data.step.label ?? node.data.description?.title ?? node.id,
  color: colorOf(node),
  isSelected: node.selected === true,
  isDisabled: node.data.step.disabled === true,
});

function pathOf(edge: WireFlowEdge, byId: ReadonlyMap<string, FlowNode>): string | undefined {
  const source = portOf(byId.get(edge.source), edge.sourceHandle);
  const target = portOf(byId.get(edge.target), edge.targetHandle);
  if (source === undefined || target === undefined) return undefined;
  const [sourceX, targetX] = [source.x + source.width, target.x];
  const [sourceY, targetY] = [source.y + source.height / 2, target.y + target.height / 2];
  const via = edge.data?.via ?? [];
  if (via.length > 0) return wirePath([[sourceX, sourceY], ...via, [targetX, targetY]]);
  const sides = { sourcePosition: Position.Right, targetPosition: Position.Left };
  return getBezierPath({ sourceX, sourceY, targetX, targetY, ...sides })[0];
}

function portOf(node: FlowNode | undefined, handle: string | null | undefined) {
  const port = node?.handles?.find(({ id }) => id === handle);
  if (node === undefined || port === undefined) return undefined;
  const { x, y } = node.position;
  return { x: x + port.x, y: y + port.y, width: port.width ?? 0, height: port.height ?? 0 };
}

/** The smallest box around all; of no size at the origin when there are none. */
export function boundsOf(boxes: readonly Omit<Box, 'id'>[]): Omit<Box, 'id'> {
  if (boxes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

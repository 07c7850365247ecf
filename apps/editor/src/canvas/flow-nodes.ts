/** Document -> nodes of the canvas. What did not change keeps its object, so that React Flow skips it. */
import type { GraphDocument, Group, PortKind } from '@radiograph/graph';
import { splitReference } from '@radiograph/graph';
import { type NodeHandle, Position } from '@xyflow/react';
import type { Catalog } from '../catalog/catalog.ts';
import { portStyles } from '../theme/port-style.ts';
import { assumedPlace } from './assumed-places.ts';
import type {
  FlowNode,
  FoldedFlowNode,
  FoldedPort,
  FrameFlowNode,
  StepFlowNode,
} from './flow-types.ts';
import { type NodePorts, portsOf } from './ports-of.ts';
import { headHeight, portY, stepHeight, stepWidth } from './step-size.ts';

export type Point = readonly [number, number];
export type Scene = {
  readonly document: GraphDocument;
  readonly catalog: Catalog;
  readonly selected: ReadonlySet<string>;
  /** Where nodes are while they are dragged. */
  readonly dragged: Readonly<Record<string, Point>>;
};

/** What is dragged lies over all else, its wires just below it: so nothing that rests is drawn again. */
const layerOf = { resting: 2, moving: 4 };
export const movingWireLayer = 3;

const framePadding = 22;
const frameHead = 30;
/** Below a node lies what it made. */
const previewRoom = 56;
export const noteSize: Point = [220, 120];

/** Where a node or note is drawn. */
export function positionOf(
  { document, dragged }: Pick<Scene, 'document' | 'dragged'>,
  id: string,
): Point {
  return dragged[id] ?? document.layout?.[id] ?? assumedPlace(document, id);
}

/** The group that hides a node, if it is collapsed. */
export function foldedOwners({ groups = [] }: GraphDocument): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const { id, nodes, collapsed } of groups)
    if (collapsed) for (const node of nodes) if (!owners.has(node)) owners.set(node, id);
  return owners;
}

/** All nodes of the canvas, frames first so that they lie behind. */
export function toFlowNodes(scene: Scene, previous: ReadonlyMap<string, FlowNode>): FlowNode[] {
  const { document } = scene;
  const owners = foldedOwners(document);
  const fresh: FlowNode[] = [];
  for (const group of document.groups ?? []) {
    if (group.collapsed) fresh.push(toFolded(scene, group));
    else fresh.push(...toFrame(scene, group, owners));
  }
  for (const id of Object.keys(document.nodes))
    if (!owners.has(id)) fresh.push(toStep(scene, id, previous.get(id)));
  for (const note of document.notes ?? []) {
    const [width, height] = note.size ?? noteSize;
    const [x, y] = scene.dragged[note.id] ?? note.at;
    const shape = {
      ...sized(width, height),
      position: { x, y },
      selected: scene.selected.has(note.id),
    };
    fresh.push({ id: note.id, type: 'note', data: { note }, zIndex: 1, ...shape });
  }
  return fresh.map((node) => keepIfEqual(node, previous.get(node.id)));
}

/**
 * The same nodes after a drag went on, of which `before` tells where it was. Undefined where more than the dragged nodes
 * follows from their places: frames grow with their members.
 */
export function moveFlowNodes(
  scene: Scene,
  nodes: readonly FlowNode[],
  before: Scene['dragged'],
): FlowNode[] | undefined {
  if ((scene.document.groups ?? []).length > 0) return undefined;
  return nodes.map((node) => {
    if (!(node.id in scene.dragged || node.id in before)) return node;
    if (node.type === 'step') return toStep(scene, node.id, node);
    if (node.type !== 'note') return node;
    const [x, y] = scene.dragged[node.id] ?? node.data.note.at;
    return { ...node, position: { x, y } };
  });
}

const sized = (width: number, height: number) => ({ width, height, measured: { width, height } });

function toStep(
  { document, catalog, selected, dragged }: Scene,
  id: string,
  old: FlowNode | undefined,
): StepFlowNode {
  const step = document.nodes[id]!;
  const description = catalog.get(step.type);
  const [x, y] = positionOf({ document, dragged }, id);
  const ports = portsOf({ document, catalog }, id);
  const isSame =
    old?.type === 'step' &&
    old.data.step === step &&
    old.data.description === description &&
    (description !== undefined || hasPorts(old, ports));
  const place = {
    position: { x, y },
    selected: selected.has(id),
    zIndex: id in dragged ? layerOf.moving : layerOf.resting,
  };
  if (isSame && isAt(old, place)) return old;
  return { ...(isSame ? old : newStep(id, { step, description, ports })), ...place };
}

type Place = Required<Pick<StepFlowNode, 'position' | 'selected' | 'zIndex'>>;

const isAt = ({ position, selected, zIndex }: StepFlowNode, place: Place): boolean =>
  position.x === place.position.x &&
  position.y === place.position.y &&
  selected === place.selected &&
  zIndex === place.zIndex;

function newStep(id: string, data: StepFlowNode['data']): StepFlowNode {
  const { ports } = data;
  const title = data.step.label ?? data.description?.title ?? data.step.type;
  return {
    id,
    type: 'step',
    position: { x: 0, y: 0 },
    data,
    zIndex: layerOf.resting,
    ariaLabel: `${title}, ${data.description?.title ?? data.step.type}${data.step.disabled ? ', disabled' : ''}`,
    handles: handlesOf(ports),
    ...sized(stepWidth, stepHeight(ports)),
  };
}

const handleSize = 12;
const handle = (id: string, type: 'source' | 'target', index: number): NodeHandle => ({
  id,
  type,
  position: type === 'source' ? Position.Right : Position.Left,
  x: (type === 'source' ? stepWidth : 0) - handleSize / 2,
  y: portY(index) - handleSize / 2,
  width: handleSize,
  height: handleSize,
});

/** Wires decide which ports a node has whose type is not installed. */
const hasPorts = ({ data }: StepFlowNode, { inputs, outputs }: NodePorts): boolean =>
  Object.keys(data.ports.inputs).join() === Object.keys(inputs).join() &&
  Object.keys(data.ports.outputs).join() === Object.keys(outputs).join();

function handlesOf({ inputs, outputs }: NodePorts): NodeHandle[] {
  return [
    ...Object.keys(inputs).map((name, index) => handle(name, 'target', index)),
    ...Object.keys(outputs).map((name, index) => handle(name, 'source', index)),
  ];
}

function toFrame(scene: Scene, group: Group, owners: ReadonlyMap<string, string>): FrameFlowNode[] {
  const { document, selected } = scene;
  const boxes = group.nodes
    .filter((id) => id in document.nodes && !owners.has(id))
    .map((id) => {
      const [x, y] = positionOf(scene, id);
      const height = stepHeight(portsOf(scene, id));
      return { left: x, top: y, right: x + stepWidth, bottom: y + height };
    });
  if (boxes.length === 0) return [];
  const left = Math.min(...boxes.map((box) => box.left)) - framePadding;
  const top = Math.min(...boxes.map((box) => box.top)) - framePadding - frameHead;
  const width = Math.max(...boxes.map((box) => box.right)) + framePadding - left;
  const height = Math.max(...boxes.map((box) => box.bottom)) + previewRoom + framePadding - top;
  const position = { x: left, y: top };
  const shape = { ...sized(width, height), position, selected: selected.has(group.id) };
  return [
    {
      id: group.id,
      type: 'frame',
      data: { group },
      zIndex: 0,
      ariaLabel: `Group ${group.title}`,
      ...shape,
    },
  ];
}

function toFolded(scene: Scene, group: Group): FoldedFlowNode {
  const { document, selected } = scene;
  const members = new Set(group.nodes);
  const isIn = (reference: string) => members.has(splitReference(reference).nodeId);
  const crossing = (
    from: (edge: { from: string; to: string }) => string,
    to: (edge: { from: string; to: string }) => string,
  ) => [...new Set(document.edges.filter((edge) => isIn(from(edge)) && !isIn(to(edge))).map(from))];
  const describe =
    (side: 'inputs' | 'outputs') =>
    (reference: string): FoldedPort => {
      const kind = kindOf(scene, reference, side);
      return {
        reference,
        kind: kind ?? 'unknown',
        color: kind === undefined ? 'var(--bad)' : portStyles[kind].color,
      };
    };
  const outputs = crossing(
    ({ from }) => from,
    ({ to }) => to,
  ).map(describe('outputs'));
  const inputs = crossing(
    ({ to }) => to,
    ({ from }) => from,
  ).map(describe('inputs'));
  const points = group.nodes
    .filter((id) => id in document.nodes)
    .map((id) => positionOf(scene, id));
  const x = Math.min(...points.map(([left]) => left));
  const y = Math.min(...points.map(([, top]) => top));
  const height = headHeight + 12 + Math.max(inputs.length, outputs.length, 1) * 22 + 24;
  return {
    id: group.id,
    type: 'folded',
    data: { group, inputs, outputs },
    zIndex: layerOf.resting,
    ariaLabel: `Collapsed group ${group.title}, ${group.nodes.length} nodes`,
    position: { x: Number.isFinite(x) ? x : 0, y: Number.isFinite(y) ? y : 0 },
    selected: selected.has(group.id),
    handles: [
      ...inputs.map(({ reference }, index) => handle(reference, 'target', index)),
      ...outputs.map(({ reference }, index) => handle(reference, 'source', index)),
    ],
    ...sized(stepWidth, height),
  };
}

/** The kind of the port that a reference names; undefined if its node or port is unknown. */
export function kindOf(
  { document, catalog }: Pick<Scene, 'document' | 'catalog'>,
  reference: string,
  side: 'inputs' | 'outputs',
): PortKind | undefined {
  const { nodeId, name } = splitReference(reference);
  return catalog.get(document.nodes[nodeId]?.type ?? '')?.[side][name]?.kind;
}

/** Frames, notes and folded groups are made anew each time; equal ones are swapped for the old object. */
function keepIfEqual(node: FlowNode, old: FlowNode | undefined): FlowNode {
  if (old === undefined || node === old || node.type === 'step') return node;
  return JSON.stringify(node) === JSON.stringify(old) ? old : node;
}

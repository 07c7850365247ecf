import {
  type Connection,
  type FinalConnectionState,
  ReactFlow,
  SelectionMode,
  useStoreApi,
  type Viewport,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { useEffect, useMemo, useReducer, useState } from 'react';
import { documentStore, useDocument } from '../document/document-store.ts';
import { beginGesture, endGesture } from '../document/gesture.ts';
import { addStep, addWire, moveWire, typeOf } from '../wiring/add-step.ts';
import { showRefusal } from '../wiring/refuse.tsx';
import { explainRefusal } from '../wiring/wire-rules.ts';
import { canvasStore, fitOptions } from './canvas-store.ts';
import './Canvas.css';
import { CanvasTools } from './CanvasTools.tsx';
import { DetailLevel } from './DetailLevel.tsx';
import { EmptyCanvas } from './EmptyCanvas.tsx';
import { FoldedNode } from './FoldedNode.tsx';
import { FrameNode } from './FrameNode.tsx';
import type { FlowNode, WireFlowEdge } from './flow-types.ts';
import { GraphMap } from './GraphMap.tsx';
import { Grid, gridGap } from './Grid.tsx';
import { NoteNode } from './NoteNode.tsx';
import { endDrag, takeEdgeChanges, takeNodeChanges } from './node-changes.ts';
import { hoverPainted, tapPainted } from './overview/hover.ts';
import { Overview } from './overview/Overview.tsx';
import { StepNode } from './StepNode.tsx';
import { useFlow } from './useFlow.ts';
import { beginPan, endPan, type FlowStore, forgetPan, isPanning, takeView } from './view.ts';
import { WireEdge } from './WireEdge.tsx';

const nodeTypes = { step: StepNode, note: NoteNode, frame: FrameNode, folded: FoldedNode };
const edgeTypes = { wire: WireEdge };
const snapGrid: [number, number] = [gridGap, gridGap];

/** The drawing of the document; another document begins with a view of its own. */
export function Canvas() {
  const opened = useDocument((state) => state.opened);
  return (
    <div className="canvas">
      <Drawing key={opened} />
      <EmptyCanvas />
    </div>
  );
}

function Drawing() {
  const { nodes, edges, painted, all } = useFlow();
  // Fitting waits for the first node: in an empty document the view would jump when it comes.
  const [isFitted] = useState(nodes.length > 0);
  const store = useStoreApi();
  const moves = useMemo(() => movesOf(store), [store]);
  useEffect(() => forgetPan, []);
  const [isMapShown, toggleMap] = useReducer((isShown: boolean) => !isShown, true);
  return (
    <ReactFlow<FlowNode, WireFlowEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={takeNodeChanges}
      onEdgesChange={takeEdgeChanges}
      onNodeDragStart={beginGesture}
      onNodeDragStop={drop}
      onSelectionDragStart={beginGesture}
      onSelectionDragStop={drop}
      isValidConnection={isAllowed}
      onConnect={draw}
      onReconnect={move}
      edgesReconnectable={false}
      onConnectEnd={endWire}
      onDragOver={allowDrop}
      onDrop={dropType}
      onInit={(flow) => {
        canvasStore.setState({ flow });
        // Painted nodes are never measured, which React Flow would wait for.
        if (isFitted) void flow.fitView(fitOptions);
      }}
      viewport={ownView}
      onViewportChange={moves.take}
      onMoveStart={moves.start}
      onMoveEnd={moves.end}
      onPaneClick={clickPane}
      onPaneMouseMove={hoverPainted}
      onSelectionStart={() => canvasStore.setState({ isBoxSelecting: true })}
      onSelectionEnd={() => canvasStore.setState({ isBoxSelecting: false })}
      deleteKeyCode={null}
      selectionMode={SelectionMode.Partial}
      panOnScroll={false}
      multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
      snapToGrid
      snapGrid={snapGrid}
      minZoom={0.08}
      maxZoom={2}
      fitView={isFitted}
      fitViewOptions={fitOptions}
      onlyRenderVisibleElements
      elevateNodesOnSelect={false}
      connectionRadius={28}
      proOptions={{ hideAttribution: true }}
      aria-label="Graph"
    >
      <Grid />
      <DetailLevel />
      {painted ? (
        <Overview nodes={painted.nodes} edges={painted.edges} isFill={false} />
      ) : (
        <Overview nodes={nodes} edges={edges} isFill />
      )}
      <CanvasTools isMapShown={isMapShown} onMap={toggleMap} />
      {isMapShown && all.length > 0 && <GraphMap nodes={all} />}
    </ReactFlow>
  );
}

// Given, but never another one: React Flow then leaves every move of the view to `take`.
const ownView = { x: 0, y: 0, zoom: 1 };

/** What happens when the view moves. Only a pan is ours alone: a wheel or a command goes through React Flow's store. */
const movesOf = (store: FlowStore) => ({
  take: (view: Viewport) => takeView(store, view),
  start: (event: MouseEvent | TouchEvent | null) => {
    beginGesture();
    if (event !== null && event.type !== 'wheel') beginPan();
  },
  end: (event: MouseEvent | TouchEvent | null) => {
    // A wheel's move, or one by a command, ends a moment after it, when a pan may have begun.
    if (isPanning() && (event === null || event.type === 'wheel')) return;
    endGesture();
    endPan(store);
  },
});

function drop(): void {
  endGesture();
  endDrag();
}

function clickPane(event: React.MouseEvent): void {
  canvasStore.setState({ addMenu: null });
  tapPainted(event);
}

const referenceOf = (nodeId: string | null, handle: string | null) =>
  // Ports of a collapsed group carry their whole reference as the handle's id.
  handle?.includes('.') ? handle : `${nodeId}.${handle}`;

type Ends = Pick<Connection, 'source' | 'target'> & {
  readonly sourceHandle?: string | null;
  readonly targetHandle?: string | null;
};

const wishOf = ({ source, sourceHandle = null, target, targetHandle = null }: Ends) => ({
  from: referenceOf(source, sourceHandle),
  to: referenceOf(target, targetHandle),
});

const isAllowed = (ends: Ends) =>
  explainRefusal(documentStore.getState().document, wishOf(ends)) === undefined;

function draw(connection: Connection): void {
  addWire(wishOf(connection));
}

/** The end of a selected wire was dragged to another port. */
function move({ id }: WireFlowEdge, connection: Connection): void {
  moveWire(id, wishOf(connection));
}

/** A wire that ends at a port that does not fit says why; one that ends nowhere asks which node to add. */
function endWire(event: MouseEvent | TouchEvent, state: FinalConnectionState): void {
  const { fromHandle, fromNode, toHandle, toNode, isValid } = state;
  if (isValid || !fromHandle || !fromNode) return;
  const isForward = fromHandle.type === 'source';
  const start = referenceOf(fromNode.id, fromHandle.id ?? null);
  if (toHandle && toNode) {
    const end = referenceOf(toNode.id, toHandle.id ?? null);
    const wish = isForward ? { from: start, to: end } : { from: end, to: start };
    showRefusal(
      wish,
      explainRefusal(documentStore.getState().document, wish) ??
        'A wire goes from an output to an input.',
    );
    return;
  }
  const { clientX, clientY } = 'changedTouches' in event ? event.changedTouches[0]! : event;
  openAddMenu(clientX, clientY, { reference: start, side: isForward ? 'outputs' : 'inputs' });
}

function openAddMenu(
  clientX: number,
  clientY: number,
  wire: { reference: string; side: 'outputs' | 'inputs' },
): void {
  const { flow } = canvasStore.getState();
  if (flow === null) return;
  const { x, y } = flow.screenToFlowPosition({ x: clientX, y: clientY });
  canvasStore.setState({ addMenu: { screen: [clientX, clientY], at: [x, y], wire } });
}

const dragType = 'application/x-radiograph-type';

function allowDrop(event: React.DragEvent): void {
  if (event.dataTransfer.types.includes(dragType)) event.preventDefault();
}

function dropType(event: React.DragEvent): void {
  const description = typeOf(event.dataTransfer.getData(dragType));
  const { flow } = canvasStore.getState();
  if (description === undefined || flow === null) return;
  event.preventDefault();
  const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
  addStep(description, [x - 98, y - 17]);
}

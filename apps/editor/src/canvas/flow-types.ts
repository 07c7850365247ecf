import type { DocumentNode, Group, NodeDescription, Note } from '@radiograph/graph';
import type { Edge, Node } from '@xyflow/react';
import type { NodePorts } from './ports-of.ts';

/** A node of the graph on the canvas. `description` is undefined when its type is not installed. */
export type StepFlowNode = Node<
  {
    readonly step: DocumentNode;
    readonly description: NodeDescription | undefined;
    readonly ports: NodePorts;
  },
  'step'
>;
/** A wire on the canvas, in the color of what it carries. */
export type WireFlowEdge = Edge<
  {
    readonly color: string;
    readonly via: readonly (readonly [number, number])[];
    readonly isIdle: boolean;
  },
  'wire'
>;
/** A text on the canvas. */
export type NoteFlowNode = Node<{ readonly note: Note }, 'note'>;
/** The frame of a group, behind its nodes. */
export type FrameFlowNode = Node<{ readonly group: Group }, 'frame'>;
/** A collapsed group, drawn as one node with the ports that cross its border. */
export type FoldedFlowNode = Node<
  {
    readonly group: Group;
    readonly inputs: readonly FoldedPort[];
    readonly outputs: readonly FoldedPort[];
  },
  'folded'
>;
/** A port of a hidden node, by its reference `node.port`. */
export type FoldedPort = {
  readonly reference: string;
  readonly kind: string;
  readonly color: string;
};

export type FlowNode = StepFlowNode | NoteFlowNode | FrameFlowNode | FoldedFlowNode;

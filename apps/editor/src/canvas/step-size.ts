/** Sizes of nodes, known before they are drawn: wires and the minimap need no measuring. */
import type { NodePorts } from './ports-of.ts';

export const stepWidth = 196;
export const headHeight = 34;
export const rowHeight = 22;
export const footHeight = 24;
const padding = 6;

/** Height of a node in pixels at zoom 1. */
export function stepHeight({ inputs, outputs }: NodePorts): number {
  const rows = Math.max(Object.keys(inputs).length, Object.keys(outputs).length, 1);
  return headHeight + padding * 2 + rows * rowHeight + footHeight;
}

/** Vertical center of the port in row `index`. */
export function portY(index: number): number {
  return headHeight + padding + rowHeight * (index + 0.5);
}

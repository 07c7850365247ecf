/** The pointer over painted nodes: the one below it becomes an element, which takes the pointer from there. */
import { documentStore } from '../../document/document-store.ts';
import { select } from '../../document/selection-store.ts';
import { canvasStore } from '../canvas-store.ts';

type Pointer = Pick<MouseEvent, 'clientX' | 'clientY' | 'buttons'>;

/** Call when the pointer moves over the canvas beside all elements. */
export function hoverPainted(pointer: Pointer): void {
  if (pointer.buttons !== 0) return; // it drags something
  if (canvasStore.getState().isFar === false) return; // nothing is only painted
  const hovered = paintedAt(pointer);
  if (hovered !== canvasStore.getState().hovered) canvasStore.setState({ hovered });
}

/** A finger does not hover: its tap selects what is painted there. */
export function tapPainted(pointer: Pointer): void {
  const id = paintedAt(pointer);
  if (id !== null) select([id]);
}

function paintedAt({ clientX, clientY }: Pointer): string | null {
  const { flow } = canvasStore.getState();
  if (flow === null) return null;
  const { x, y } = flow.screenToFlowPosition({ x: clientX, y: clientY }, { snapToGrid: false });
  const { nodes } = documentStore.getState().document;
  const hit = flow.getNodes().findLast(({ id, hidden, position, width = 0, height = 0 }) => {
    const [dx, dy] = [x - position.x, y - position.y];
    return hidden && id in nodes && dx >= 0 && dy >= 0 && dx < width && dy < height;
  });
  return hit?.id ?? null;
}

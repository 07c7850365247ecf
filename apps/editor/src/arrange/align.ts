/** Where nodes go when they are aligned or spread. */
import type { Point } from '../document/edits.ts';

export type Box = { readonly id: string; readonly at: Point; readonly size: Point };
export type Alignment = 'left' | 'right' | 'top' | 'bottom' | 'spread-x' | 'spread-y';

const edge: { readonly [A in Alignment]: (boxes: readonly Box[]) => readonly Point[] } = {
  left: (boxes) => toLine(boxes, 0, (box) => box.at[0], Math.min, 0),
  right: (boxes) => toLine(boxes, 0, (box) => box.at[0] + box.size[0], Math.max, 1),
  top: (boxes) => toLine(boxes, 1, (box) => box.at[1], Math.min, 0),
  bottom: (boxes) => toLine(boxes, 1, (box) => box.at[1] + box.size[1], Math.max, 1),
  'spread-x': (boxes) => spread(boxes, 0),
  'spread-y': (boxes) => spread(boxes, 1),
};

/** New places by id. */
export function align(boxes: readonly Box[], alignment: Alignment): Record<string, Point> {
  const points = edge[alignment](boxes);
  return Object.fromEntries(boxes.map(({ id }, index) => [id, points[index]!]));
}

type Axis = 0 | 1;
const moved = ({ at }: Box, axis: Axis, value: number): Point =>
  axis === 0 ? [Math.round(value), at[1]] : [at[0], Math.round(value)];

function toLine(
  boxes: readonly Box[],
  axis: Axis,
  edgeOf: (box: Box) => number,
  ...[choose, share]: [(...values: number[]) => number, number]
): Point[] {
  const line = choose(...boxes.map(edgeOf));
  return boxes.map((box) => moved(box, axis, line - share * box.size[axis]));
}

/** Equal gaps between the outermost two. */
function spread(boxes: readonly Box[], axis: Axis): Point[] {
  const order = boxes.toSorted((a, b) => a.at[axis] - b.at[axis]);
  const [first, last] = [order[0]!, order.at(-1)!];
  const room = last.at[axis] + last.size[axis] - first.at[axis];
  const gap =
    (room - order.reduce((sum, { size }) => sum + size[axis], 0)) / Math.max(order.length - 1, 1);
  const places = new Map<string, number>();
  let next = first.at[axis];
  for (const { id, size } of order) {
    places.set(id, next);
    next += size[axis] + gap;
  }
  return boxes.map((box) => moved(box, axis, places.get(box.id)!));
}

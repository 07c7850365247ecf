import { EdgeLabelRenderer, useReactFlow, useStore } from '@xyflow/react';
import type { PointerEvent as ReactPointerEvent } from 'react';
import { applyEdit } from '../document/document-store.ts';
import { setVia } from '../document/edits.ts';
import { beginGesture, endGesture } from '../document/gesture.ts';
import styles from './RouteHandles.module.css';
import { freePoints } from './route-points.ts';

type Point = readonly [number, number];
type RouteHandlesProps = {
  readonly wire: string;
  readonly via: readonly Point[];
  readonly color: string;
  readonly start: Point;
  readonly end: Point;
};

/** On a selected wire, above all other wires: drag a ring to move a point, drag a dot between rings to add one, double-click a ring to remove it. */
export function RouteHandles({ wire, via, color, start, end }: RouteHandlesProps) {
  const { screenToFlowPosition } = useReactFlow();
  // From afar a ring is as large on the screen as it is close up, or nobody could take hold of it.
  const scale = useStore(({ transform }) => Math.max(1, 1 / transform[2]));
  const route = (label: string, points: readonly Point[], mergeKey?: string) =>
    applyEdit({
      label,
      apply: setVia(wire, points),
      ...(mergeKey === undefined ? {} : { mergeKey }),
    });
  // The window listens: the dot that was taken hold of becomes a ring, which is another element.
  const grab = (event: ReactPointerEvent, index: number, points: readonly Point[]) => {
    event.stopPropagation();
    beginGesture();
    const drag = ({ clientX, clientY }: PointerEvent) => {
      const { x, y } = screenToFlowPosition({ x: clientX, y: clientY });
      const moved = points.with(index, [Math.round(x), Math.round(y)]);
      route('Route wire', moved, `route ${wire}`);
    };
    const drop = () => {
      removeEventListener('pointermove', drag);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', drop);
      endGesture();
    };
    addEventListener('pointermove', drag);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', drop);
  };
  return (
    <EdgeLabelRenderer>
      <svg className={styles.layer} aria-hidden="true">
        <g stroke={color} strokeWidth={2 * scale} pointerEvents="all">
          {via.map(([x, y], index) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: dragging; points have no meaning but for the eye
            <circle
              // A point has no identity but its place in the list.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              key={index}
              className="nodrag nopan"
              cx={x}
              cy={y}
              r={6 * scale}
              fill="var(--node)"
              cursor="move"
              onPointerDown={(event) => grab(event, index, via)}
              onDoubleClick={() => route('Straighten wire', via.toSpliced(index, 1))}
            />
          ))}
          {freePoints([start, ...via, end]).map(([x, y], index) => (
            <circle
              key={`${x} ${y}`}
              className="nodrag nopan"
              cx={x}
              cy={y}
              r={4.5 * scale}
              fill={color}
              cursor="copy"
              onPointerDown={(event) => grab(event, index, via.toSpliced(index, 0, [x, y]))}
            />
          ))}
        </g>
      </svg>
    </EdgeLabelRenderer>
  );
}

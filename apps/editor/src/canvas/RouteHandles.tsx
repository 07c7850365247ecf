import { useReactFlow } from '@xyflow/react';
import { type PointerEvent as ReactPointerEvent, useState } from 'react';
import { applyEdit } from '../document/document-store.ts';
import { setVia } from '../document/edits.ts';
import { freePoints } from './route-points.ts';

type Point = readonly [number, number];
type RouteHandlesProps = {
  readonly wire: string;
  readonly via: readonly Point[];
  readonly color: string;
  readonly start: Point;
  readonly end: Point;
};

/** On a selected wire: drag a ring to move a point, drag a dot between rings to add one, double-click a ring to remove it. */
export function RouteHandles({ wire, via, color, start, end }: RouteHandlesProps) {
  const { screenToFlowPosition } = useReactFlow();
  const [held, setHeld] = useState<{ readonly index: number; readonly via: readonly Point[] }>();
  const route = (label: string, points: readonly Point[], mergeKey?: string) =>
    applyEdit({
      label,
      apply: setVia(wire, points),
      ...(mergeKey === undefined ? {} : { mergeKey }),
    });
  const grab = (event: ReactPointerEvent, index: number, points: readonly Point[]) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    setHeld({ index, via: points });
  };
  const drag = (event: ReactPointerEvent) => {
    if (held === undefined) return;
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const moved = held.via.with(held.index, [Math.round(x), Math.round(y)]);
    setHeld({ ...held, via: moved });
    route('Route wire', moved, `route ${wire}`);
  };
  const common = {
    onPointerMove: drag,
    onPointerUp: () => setHeld(undefined),
    className: 'nodrag nopan',
  };
  return (
    <g stroke={color} strokeWidth={2} pointerEvents="all">
      {via.map(([x, y], index) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: dragging; points have no meaning but for the eye
        <circle
          // A point has no identity but its place in the list.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          {...common}
          cx={x}
          cy={y}
          r={6}
          fill="var(--node)"
          cursor="move"
          onPointerDown={(event) => grab(event, index, via)}
          onDoubleClick={() => route('Straighten wire', via.toSpliced(index, 1))}
        />
      ))}
      {held === undefined &&
        freePoints([start, ...via, end]).map(([x, y], index) => (
          <circle
            key={`${x} ${y}`}
            {...common}
            cx={x}
            cy={y}
            r={4}
            fill={color}
            cursor="copy"
            onPointerDown={(event) => grab(event, index, via.toSpliced(index, 0, [x, y]))}
          />
        ))}
    </g>
  );
}

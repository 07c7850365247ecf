import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import { useCanvas } from './canvas-store.ts';
import type { WireFlowEdge } from './flow-types.ts';
import { RouteHandles } from './RouteHandles.tsx';

type Point = readonly [number, number];

/** A wire: a curve from output to input, through the points that it was routed over. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<WireFlowEdge>) {
  const { id, data, selected } = props;
  const color = data?.color ?? 'var(--soft)';
  const via = data?.via ?? [];
  const isFar = useCanvas((state) => state.isFar);
  return (
    <>
      <BaseEdge
        id={id}
        path={wirePath(props, via)}
        interactionWidth={isFar ? 0 : 18}
        style={{
          stroke: color,
          strokeWidth: selected ? 3.5 : 2,
          strokeOpacity: data?.isIdle ? 0.35 : selected ? 1 : 0.8, // `opacity` would paint each wire twice
          ...(data?.isIdle ? { strokeDasharray: '5 5' } : {}),
        }}
      />
      {selected && <RouteHandles wire={id} via={via} color={color} {...endsOf(props)} />}
    </>
  );
});

type Ends = Pick<
  EdgeProps,
  'sourceX' | 'sourceY' | 'sourcePosition' | 'targetX' | 'targetY' | 'targetPosition'
>;

const endsOf = ({ sourceX, sourceY, targetX, targetY }: Ends) => ({
  start: [sourceX, sourceY] as const,
  end: [targetX, targetY] as const,
});

function wirePath(ends: Ends, via: readonly Point[]): string {
  if (via.length === 0) return getBezierPath(ends)[0];
  const { start, end } = endsOf(ends);
  return smoothPath([start, ...via, end]);
}

/** A Catmull-Rom spline through all points, as Bézier segments. */
function smoothPath(points: readonly Point[]): string {
  const at = (index: number) => points[Math.min(Math.max(index, 0), points.length - 1)]!;
  const segments = points.slice(1).map((to, index) => {
    const [before, from, after] = [at(index - 1), at(index), at(index + 2)];
    const c1 = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const c2 = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    return `C${c1.join(',')} ${c2.join(',')} ${to.join(',')}`;
  });
  return `M${at(0).join(',')} ${segments.join(' ')}`;
}

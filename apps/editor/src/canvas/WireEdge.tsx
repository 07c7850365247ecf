import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react';
import { memo } from 'react';
import { useCanvas } from './canvas-store.ts';
import type { WireFlowEdge } from './flow-types.ts';
import { RouteHandles } from './RouteHandles.tsx';
import { wirePath } from './wire-path.ts';

type Point = readonly [number, number];

/** A wire: a curve from output to input, through the points that it was routed over. */
export const WireEdge = memo(function WireEdge(props: EdgeProps<WireFlowEdge>) {
  const { id, data, selected } = props;
  const color = data?.color ?? 'var(--soft)';
  const via = data?.via ?? [];
  const isFar = useCanvas((state) => state.isFar === true);
  return (
    <>
      <BaseEdge
        id={id}
        path={pathOf(props, via)}
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

function pathOf(ends: Ends, via: readonly Point[]): string {
  if (via.length === 0) return getBezierPath(ends)[0];
  const { start, end } = endsOf(ends);
  return wirePath([start, ...via, end]);
}

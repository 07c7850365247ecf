import { useComputedColorScheme } from '@mantine/core';
import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { FlowNode, WireFlowEdge } from '../flow-types.ts';
import { keepPainting } from './keep-painting.ts';

type OverviewProps = {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly WireFlowEdge[];
  /** Only what a pan brings into view is painted, until it is drawn; else everything, always. */
  readonly isFill: boolean;
};

/**
 * A large graph from afar: one picture instead of thousands of elements. Close up it stands in for what a pan brings into view. It
 * lies in the canvas's own coordinates, so that panning only moves it; it is painted again when the scale changes or the view
 * leaves its margin.
 */
export function Overview(props: OverviewProps) {
  return (
    <ViewportPortal>
      <Painting key={`${props.isFill}`} {...props} />
    </ViewportPortal>
  );
}

function Painting({ nodes, edges, isFill }: OverviewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef({ nodes, edges });
  useEffect(() => {
    latest.current = { nodes, edges };
  }, [nodes, edges]);
  // The fill looks at them when a pan begins; the whole picture is painted again with each change.
  const key = isFill ? undefined : nodes;
  const edgeKey = isFill ? undefined : edges;
  const flow = useStoreApi();
  const colorScheme = useComputedColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is painted is read from `latest`
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    element.dataset.theme = colorScheme; // what the colors are read from
    return keepPainting(element, { graph: () => latest.current, isFill, flow });
  }, [flow, key, edgeKey, isFill, colorScheme]);
  if (isFill) return <canvas ref={canvas} className="overview is-fill" hidden />;
  const label = `${nodes.length} nodes from afar; the outline lists them`;
  return <canvas ref={canvas} className="overview" role="img" aria-label={label} />;
}

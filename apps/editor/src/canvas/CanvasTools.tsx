import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFocusCentered, IconMap, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { Panel, useReactFlow } from '@xyflow/react';
import { useState } from 'react';
import { fitGraph } from './canvas-store.ts';
import type { FlowNode } from './flow-types.ts';
import { GraphMap } from './GraphMap.tsx';

/** Zoom, fit and the minimap, at the corner of the canvas. */
export function CanvasTools({ nodes }: { readonly nodes: readonly FlowNode[] }) {
  const { zoomIn, zoomOut } = useReactFlow();
  const [isMapShown, setMapShown] = useState(true);
  const tools = [
    { label: 'Zoom out', icon: IconZoomOut, action: () => void zoomOut({ duration: 150 }) },
    { label: 'Zoom in', icon: IconZoomIn, action: () => void zoomIn({ duration: 150 }) },
    {
      label: 'Fit the graph',
      icon: IconFocusCentered,
      action: fitGraph,
    },
    {
      label: isMapShown ? 'Hide the map' : 'Show the map',
      icon: IconMap,
      action: () => setMapShown(!isMapShown),
    },
  ];
  return (
    <>
      <Panel position="bottom-left" className="canvas-tools">
        {tools.map(({ label, icon: Icon, action }) => (
          <Tooltip key={label} label={label}>
            <ActionIcon aria-label={label} onClick={action}>
              <Icon size={17} />
            </ActionIcon>
          </Tooltip>
        ))}
      </Panel>
      {isMapShown && nodes.length > 0 && <GraphMap nodes={nodes} />}
    </>
  );
}

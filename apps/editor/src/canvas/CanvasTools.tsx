import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFocusCentered, IconMap, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { MiniMap, Panel, useReactFlow } from '@xyflow/react';
import { useState } from 'react';
import { portStyles } from '../theme/port-style.ts';
import type { FlowNode } from './flow-types.ts';

/** Zoom, fit and the minimap, at the corner of the canvas. */
export function CanvasTools() {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const [isMapShown, setMapShown] = useState(true);
  const tools = [
    { label: 'Zoom out', icon: IconZoomOut, action: () => void zoomOut({ duration: 150 }) },
    { label: 'Zoom in', icon: IconZoomIn, action: () => void zoomIn({ duration: 150 }) },
    {
      label: 'Fit the graph',
      icon: IconFocusCentered,
      action: () => void fitView({ padding: 0.06, maxZoom: 1, duration: 250 }),
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
      {isMapShown && (
        <MiniMap<FlowNode>
          pannable
          zoomable
          nodeColor={colorOf}
          nodeBorderRadius={12}
          ariaLabel="Map of the graph"
          style={mapSize}
        />
      )}
    </>
  );
}

const mapSize = { width: 168, height: 104 };

function colorOf(node: FlowNode): string {
  if (node.type === 'note') return '#e3c66a';
  if (node.type !== 'step') return 'transparent';
  const [port] = Object.values(node.data.description?.outputs ?? {});
  return port === undefined ? 'var(--soft)' : portStyles[port.kind].color;
}

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconFocusCentered, IconMap, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { Panel, useReactFlow } from '@xyflow/react';
import { memo } from 'react';
import { fitGraph } from './canvas-store.ts';

type CanvasToolsProps = { readonly isMapShown: boolean; readonly onMap: () => void };

/** Zoom, fit and whether there is a map, at the corner of the canvas. A drag does not render them. */
export const CanvasTools = memo(function CanvasTools({ isMapShown, onMap }: CanvasToolsProps) {
  const { zoomIn, zoomOut } = useReactFlow();
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
      action: onMap,
    },
  ];
  return (
    <Panel position="bottom-left" className="canvas-tools">
      {tools.map(({ label, icon: Icon, action }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon aria-label={label} onClick={action}>
            <Icon size={17} />
          </ActionIcon>
        </Tooltip>
      ))}
    </Panel>
  );
});

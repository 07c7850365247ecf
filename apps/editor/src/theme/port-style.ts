/** How each kind of port looks: one color and one icon, the same on handles, wires, chips and the minimap. */
import type { PortKind } from '@radiograph/graph';
import {
  IconActivityHeartbeat,
  IconChartBar,
  IconFileExport,
  IconFlame,
  IconLayersSubtract,
  IconPhoto,
  IconStack2,
  IconTable,
  IconTags,
  IconTarget,
  IconTopologyStar3,
  type TablerIcon,
} from '@tabler/icons-react';

export type PortStyle = { readonly color: string; readonly icon: TablerIcon };

/** Colors are readable on both themes' canvases; shapes (icons, names) never leave color as the only sign. */
export const portStyles: { readonly [K in PortKind]: PortStyle } = {
  images: { color: '#3b8eea', icon: IconPhoto },
  labels: { color: '#e8793a', icon: IconTags },
  masks: { color: '#2fa35a', icon: IconLayersSubtract },
  saliency: { color: '#e5484d', icon: IconFlame },
  model: { color: '#8e6bea', icon: IconTopologyStar3 },
  supervision: { color: '#0fa3b1', icon: IconStack2 },
  predictions: { color: '#7fae1d', icon: IconTarget },
  scores: { color: '#d6498f', icon: IconActivityHeartbeat },
  table: { color: '#8a94a3', icon: IconTable },
  figure: { color: '#a08a6f', icon: IconChartBar },
  file: { color: '#6c7a89', icon: IconFileExport },
};

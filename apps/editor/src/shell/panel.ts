/** What a part of the editor adds to the frame. `src/panels.ts` lists them all; the frame knows none by name. */
import type { TablerIcon } from '@tabler/icons-react';
import type { ComponentType } from 'react';

type Titled = {
  /** Unique; also the address: `#/<id>`. */
  readonly id: string;
  readonly title: string;
  readonly icon: TablerIcon;
};

/** A whole screen under the header: Edit, Runs, Compare, Viewer. */
export type ViewPanel = Titled & { readonly place: 'view'; readonly component: ComponentType };
/** A tab at the right of the canvas, about what is selected. */
export type SidePanel = Titled & { readonly place: 'side'; readonly component: ComponentType };
/** A tab in the drawer below the canvas. `badge` renders a count beside the title. */
export type DrawerPanel = Titled & {
  readonly place: 'drawer';
  readonly component: ComponentType;
  readonly badge?: ComponentType;
};
/** Buttons at the right of the header. */
export type HeaderPanel = {
  readonly place: 'header';
  readonly id: string;
  readonly component: ComponentType;
};
/** A line at the foot of every node; it subscribes to its own node's state, so that others do not render. */
export type NodePanel = {
  readonly place: 'node';
  readonly id: string;
  readonly component: ComponentType<{ readonly nodeId: string }>;
};
/** A small picture below every node that has something to show; as for `node`, it subscribes to its own node. */
export type PreviewPanel = {
  readonly place: 'preview';
  readonly id: string;
  readonly component: ComponentType<{ readonly nodeId: string }>;
};
/** Renders nothing of its own place: listeners, dialogs. Mounted once. */
export type BackgroundPanel = {
  readonly place: 'background';
  readonly id: string;
  readonly component: ComponentType;
};

export type Panel =
  | ViewPanel
  | SidePanel
  | DrawerPanel
  | HeaderPanel
  | NodePanel
  | PreviewPanel
  | BackgroundPanel;

/** The panels of one place, in order. */
export function panelsAt<P extends Panel['place']>(
  panels: readonly Panel[],
  place: P,
): readonly Extract<Panel, { readonly place: P }>[] {
  return panels.filter(
    (panel): panel is Extract<Panel, { readonly place: P }> => panel.place === place,
  );
}

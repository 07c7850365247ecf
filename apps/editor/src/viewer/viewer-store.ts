/** How the viewer looks: kept while other screens are shown. */
import { createStore, useStore } from 'zustand';
import { type View, wholeView } from './Stage.tsx';
import type { SortOrder } from './sort-images.ts';

/** How a layer is drawn. */
export type LayerStyle = 'off' | 'outline' | 'fill';

export type ViewerState = {
  readonly imageId: string | null;
  /** Reference of the scores or images whose list is shown. */
  readonly list: string | null;
  readonly className: string | null;
  readonly order: SortOrder;
  /** By `node.port`; layers that are not named are drawn as the graph suggests. */
  readonly styles: Readonly<Record<string, LayerStyle>>;
  readonly offClasses: ReadonlySet<string>;
  readonly opacity: number;
  readonly isInverted: boolean;
  readonly isDisagreement: boolean;
  readonly view: View;
};

export const viewerStore = createStore<ViewerState>(() => ({
  imageId: null,
  list: null,
  className: null,
  order: 'worst',
  styles: {},
  offClasses: new Set(),
  opacity: 0.4,
  isInverted: false,
  isDisagreement: false,
  view: wholeView,
}));

/** Reads a part of the viewer's state; renders again when it changes. */
export const useViewer = <T>(select: (state: ViewerState) => T): T => useStore(viewerStore, select);

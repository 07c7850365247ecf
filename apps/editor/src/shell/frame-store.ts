/** Which parts of the frame are shown. The view is part of the address, so that reload and Back work. */
import { createStore, useStore } from 'zustand';

export type FrameState = {
  /** Id of the shown view. */
  readonly view: string;
  readonly sideTab: string;
  readonly drawerTab: string | null;
  readonly isPaletteOpen: boolean;
  readonly isSideOpen: boolean;
};

const viewOf = (hash: string) => hash.replace(/^#\/?/, '') || 'edit';

export const frameStore = createStore<FrameState>(() => ({
  view: 'edit',
  sideTab: 'inspector',
  drawerTab: null,
  isPaletteOpen: true,
  isSideOpen: true,
}));

/** Reads a part of the frame's state; renders again when it changes. */
export const useFrame = <T>(select: (state: FrameState) => T): T => useStore(frameStore, select);

/** Shows a view by its id. */
export function showView(id: string): void {
  if (location.hash !== `#/${id}`) location.hash = `#/${id}`;
  frameStore.setState({ view: id });
}

/** Shows a tab of the right panel. */
export function showSideTab(id: string): void {
  frameStore.setState({ isSideOpen: true, sideTab: id });
}

/** Follows Back and Forward; call once. */
export function followAddress(): () => void {
  const follow = () => frameStore.setState({ view: viewOf(location.hash) });
  follow();
  addEventListener('hashchange', follow);
  return () => removeEventListener('hashchange', follow);
}

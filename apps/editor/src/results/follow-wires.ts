import { selectionStore } from '../document/selection-store.ts';
import { frameStore, showSideTab } from '../shell/frame-store.ts';

/** A selected wire shows what flows along it; the tab that was open comes back with the next node. Call once. */
export function followWires(): () => void {
  let before: string | undefined;
  return selectionStore.subscribe(({ nodes, edges }) => {
    const { sideTab, isSideOpen } = frameStore.getState();
    const isWire = edges.size === 1 && nodes.size === 0;
    if (isWire && isSideOpen && sideTab !== 'results') {
      before = sideTab;
      showSideTab('results');
    } else if (!isWire && before !== undefined && nodes.size > 0) {
      if (sideTab === 'results') showSideTab(before);
      before = undefined;
    }
  });
}

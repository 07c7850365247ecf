import { isTyping } from '../clipboard/clipboard.ts';
import { announce } from '../shell/announce.ts';
import { wholeView } from './Stage.tsx';
import { viewerStore } from './viewer-store.ts';
import { windowStore } from './window-store.ts';

const toggle = (key: 'isInverted' | 'isDisagreement') =>
  viewerStore.setState({ [key]: !viewerStore.getState()[key] });

function zoom(factor: number): void {
  const { view } = viewerStore.getState();
  viewerStore.setState({ view: { ...view, zoom: Math.max(0.5, view.zoom * factor) } });
}

/** What the viewer's keys do; the panel lists them. */
const actions: Readonly<Record<string, () => void>> = {
  i: () => toggle('isInverted'),
  d: () => toggle('isDisagreement'),
  r: () => windowStore.setState({ window: null }),
  '0': () => viewerStore.setState({ view: wholeView }),
  '+': () => zoom(1.25),
  '=': () => zoom(1.25),
  '-': () => zoom(0.8),
};

/** Pages through these images and takes the viewer's other keys. */
export function followViewerKeys(ids: readonly string[]): () => void {
  const page = (by: number) => {
    const at = Math.max(0, ids.indexOf(viewerStore.getState().imageId ?? ''));
    const next = ids[Math.min(ids.length - 1, Math.max(0, at + by))];
    if (next === undefined) return;
    viewerStore.setState({ imageId: next });
    announce(`Image ${ids.indexOf(next) + 1} of ${ids.length}: ${next}.`);
  };
  const paging: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowDown: 1,
    ArrowLeft: -1,
    ArrowUp: -1,
    Home: -ids.length,
    End: ids.length,
  };
  const press = (event: KeyboardEvent) => {
    const isElsewhere =
      isTyping(event.target) ||
      event.defaultPrevented ||
      event.ctrlKey ||
      event.metaKey ||
      (event.target instanceof Element &&
        event.target.closest('[role="slider"], [role="radiogroup"]'));
    if (isElsewhere) return;
    const by = paging[event.key];
    const action = actions[event.key.toLowerCase()];
    if (by === undefined && action === undefined) return;
    event.preventDefault();
    if (by !== undefined) page(by);
    else action?.();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

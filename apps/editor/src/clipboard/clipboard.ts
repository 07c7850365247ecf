/** Copy, cut, paste and duplicate. The system clipboard holds a graph document as text: it pastes between tabs and into files. */
import { notifications } from '@mantine/notifications';
import { type GraphDocument, RadiographError } from '@radiograph/graph';
import { centerOfView } from '../canvas/canvas-store.ts';
import { positionOf } from '../canvas/flow-nodes.ts';
import { applyEdit, documentStore } from '../document/document-store.ts';
import { type Point, remove } from '../document/edits.ts';
import { select, selectionStore } from '../document/selection-store.ts';
import { announce } from '../shell/announce.ts';
import { cutOut, insertFragment, printFragment, readFragment } from './fragment.ts';

const textLimit = 8 << 20; // as the server's

/** Whether keys belong to a field that is being typed into. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** What is selected, with the places where it is seen. */
const selected = () => {
  const { document } = documentStore.getState();
  const layout = Object.fromEntries(
    Object.keys(document.nodes).map((id): [string, [number, number]] => [
      id,
      [...positionOf({ document, dragged: {} }, id)],
    ]),
  );
  return cutOut({ ...document, layout }, selectionStore.getState().nodes);
};

/** Listens to the browser's own copy, cut and paste; call once. */
export function handleClipboard(): () => void {
  const copy = (event: ClipboardEvent) => {
    const fragment = isTyping(event.target) ? undefined : selected();
    if (fragment === undefined || hasTextSelection()) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', printFragment(fragment));
    announce(`Copied ${Object.keys(fragment.nodes).length} nodes.`);
    if (event.type === 'cut') removeSelected('Cut');
  };
  const paste = (event: ClipboardEvent) => {
    if (isTyping(event.target)) return;
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.trim() === '') return;
    event.preventDefault();
    pasteText(text);
  };
  addEventListener('copy', copy);
  addEventListener('cut', copy);
  addEventListener('paste', paste);
  return () => {
    removeEventListener('copy', copy);
    removeEventListener('cut', copy);
    removeEventListener('paste', paste);
  };
}

const hasTextSelection = () => (getSelection()?.toString() ?? '') !== '';

/** Adds the graph that the text describes; says what is wrong with it otherwise. */
export function pasteText(text: string): void {
  try {
    if (text.length > textLimit)
      throw new RadiographError('graph', { path: '', message: 'expected at most 8 MiB' });
    const fragment = readFragment(text);
    insert('Paste', fragment, shiftToCenter(fragment));
  } catch (error) {
    if (!(error instanceof RadiographError)) throw error;
    const [first, ...others] = error.problems;
    const more = others.length === 0 ? '' : ` and ${others.length} more problems`;
    notifications.show({
      color: 'red',
      title: 'The clipboard holds no graph',
      message: `${first?.path ? `${first.path}: ` : ''}${first?.message.slice(0, 300)}${more}`,
    });
    announce('The clipboard holds no graph.');
  }
}

/** Copies the selection beside itself. */
export function duplicate(): void {
  const fragment = selected();
  if (fragment !== undefined) insert('Duplicate', fragment, [40, 40]);
}

/** Deletes what is selected. */
export function removeSelected(label = 'Delete'): void {
  const { nodes, edges } = selectionStore.getState();
  const count = nodes.size + edges.size;
  if (count === 0) return;
  applyEdit({ label, apply: remove(nodes, edges) });
  select([]);
  announce(`${label}: ${count} ${count === 1 ? 'item' : 'items'}.`);
}

function insert(label: string, fragment: GraphDocument, shift: Point): void {
  const { document, ids } = insertFragment(documentStore.getState().document, fragment, shift);
  applyEdit({ label, apply: () => document });
  select(ids);
  announce(`${label}: ${ids.length} ${ids.length === 1 ? 'item' : 'items'}.`);
}

/** To the middle of what is seen, on the grid. */
function shiftToCenter({ layout = {}, notes = [] }: GraphDocument): Point {
  const points = [...Object.values(layout), ...notes.map(({ at }) => at)];
  const [x, y] = centerOfView();
  if (points.length === 0) return [x, y];
  const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  const round = (value: number) => Math.round(value / 20) * 20;
  return [
    round(x - 98 - middle(points.map(([left]) => left))),
    round(y - 60 - middle(points.map(([, top]) => top))),
  ];
}

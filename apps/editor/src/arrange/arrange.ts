/** Aligns, spreads and lays out nodes of the document; groups and notes. */
import { notifications } from '@mantine/notifications';
import { centerOfView, fitGraph } from '../canvas/canvas-store.ts';
import { positionOf } from '../canvas/flow-nodes.ts';
import { portsOf } from '../canvas/ports-of.ts';
import { stepHeight, stepWidth } from '../canvas/step-size.ts';
import { catalogStore } from '../catalog/catalog.ts';
import { applyEdit, documentStore } from '../document/document-store.ts';
import { addGroup, addNote, editGroup, removeGroups } from '../document/drawing-edits.ts';
import { freeId, idsOf, moveTo, type Point, setDisabled } from '../document/edits.ts';
import { select, selectionStore } from '../document/selection-store.ts';
import { awaitNote } from '../document/typing.ts';
import { announce } from '../shell/announce.ts';
import { bypass } from '../wiring/bypass.ts';
import { type Alignment, align, type Box } from './align.ts';
import { layOut } from './auto-layout.ts';

/** The selected nodes of the graph. */
export function selectedSteps(): string[] {
  const { nodes } = documentStore.getState().document;
  return [...selectionStore.getState().nodes].filter((id) => id in nodes);
}

function boxesOf(ids: readonly string[]): Box[] {
  const { document } = documentStore.getState();
  const catalog = catalogStore.getState().types;
  return ids.map((id) => ({
    id,
    at: positionOf({ document, dragged: {} }, id),
    size: [stepWidth, stepHeight(portsOf({ document, catalog }, id))],
  }));
}

/** Aligns or spreads the selected nodes. */
export function alignSelected(alignment: Alignment): void {
  const boxes = boxesOf(selectedSteps());
  if (boxes.length < 2) return;
  applyEdit({ label: 'Align', apply: moveTo(align(boxes, alignment)) });
}

/** Moves the selected nodes and notes; a group takes its nodes along. */
export function moveSelected([dx, dy]: Point): void {
  const { document } = documentStore.getState();
  const { nodes } = selectionStore.getState();
  const members = (document.groups ?? [])
    .filter(({ id }) => nodes.has(id))
    .flatMap((group) => group.nodes);
  const notes = new Map((document.notes ?? []).map(({ id, at }) => [id, at]));
  const ids = [...new Set([...nodes, ...members])].filter(
    (id) => id in document.nodes || notes.has(id),
  );
  const points = ids.map((id): [string, Point] => {
    const [x, y] = notes.get(id) ?? positionOf({ document, dragged: {} }, id);
    return [id, [x + dx, y + dy]];
  });
  if (points.length === 0) return;
  applyEdit({
    label: 'Move',
    apply: moveTo(Object.fromEntries(points)),
    mergeKey: `move ${ids.join()}`,
  });
}

/** Lays out the selected nodes, or all of them. */
export async function arrangeNodes(): Promise<void> {
  const { document } = documentStore.getState();
  const chosen = selectedSteps();
  const boxes = boxesOf(chosen.length > 1 ? chosen : Object.keys(document.nodes));
  if (boxes.length === 0) return;
  const left = Math.min(...boxes.map(({ at }) => at[0]));
  const top = Math.min(...boxes.map(({ at }) => at[1]));
  const points = await layOut(boxes, document.edges, [left, top]);
  applyEdit({ label: 'Auto layout', apply: moveTo(points) });
  announce(`Laid out ${boxes.length} nodes.`);
  if (chosen.length < 2) fitGraph();
}

/** Puts the selected nodes into a frame. */
export function groupSelected(): void {
  const nodes = selectedSteps();
  if (nodes.length === 0) return;
  const id = freeId(idsOf(documentStore.getState().document), 'group');
  applyEdit({ label: 'Group', apply: addGroup({ id, title: 'Group', nodes }) });
  select([id]);
  announce(`Grouped ${nodes.length} nodes.`);
}

/** The groups that are selected, or that hold a selected node. */
function chosenGroups() {
  const { nodes } = selectionStore.getState();
  return (documentStore.getState().document.groups ?? []).filter(
    (group) => nodes.has(group.id) || group.nodes.some((id) => nodes.has(id)),
  );
}

/** Dissolves the chosen groups; their nodes stay. */
export function ungroupSelected(): void {
  const groups = chosenGroups();
  if (groups.length === 0) return;
  applyEdit({ label: 'Ungroup', apply: removeGroups(new Set(groups.map(({ id }) => id))) });
  select(groups.flatMap(({ nodes }) => nodes));
}

/** Collapses the chosen groups, or expands them when all are collapsed. */
export function foldSelected(): void {
  const groups = chosenGroups();
  if (groups.length === 0) return;
  const collapsed = groups.every((group) => group.collapsed) ? undefined : true;
  applyEdit({
    label: collapsed ? 'Collapse' : 'Expand',
    apply: (document) =>
      groups.reduce((result, { id }) => editGroup(id, { collapsed })(result), document),
  });
  select(groups.map(({ id }) => id));
}

/** Disables the selected nodes, or enables them when all are disabled. */
export function toggleDisabled(): void {
  const ids = selectedSteps();
  if (ids.length === 0) return;
  const { nodes } = documentStore.getState().document;
  const isDisabled = !ids.every((id) => nodes[id]?.disabled);
  const label = isDisabled ? 'Disable' : 'Enable';
  applyEdit({ label, apply: setDisabled(ids, isDisabled) });
  announce(`${label}d ${ids.length} nodes.`);
}

/** Wires around the selected node and disables it; says why where nothing fits. */
export function bypassSelected(): void {
  const [id] = selectedSteps();
  if (id === undefined) return;
  const around = bypass(documentStore.getState().document, id);
  if (typeof around === 'string') {
    notifications.show({ color: 'red', title: `There is no way around ${id}`, message: around });
    announce(around);
    return;
  }
  applyEdit({ label: 'Bypass', apply: () => around });
  announce(`Wired around ${id}.`);
}

/** Adds a text in the middle of what is seen, with the cursor in it. */
export function writeNote(): void {
  const id = freeId(idsOf(documentStore.getState().document), 'note');
  const [x, y] = centerOfView();
  applyEdit({
    label: 'Add note',
    apply: addNote({ id, text: '', at: [Math.round(x), Math.round(y)] }),
  });
  awaitNote(id);
  select([id]);
}

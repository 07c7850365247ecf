/** Everything that can be done, once: the command palette, the shortcut sheet and the keyboard read this list. */
import {
  alignSelected,
  arrangeNodes,
  bypassSelected,
  foldSelected,
  groupSelected,
  moveSelected,
  toggleDisabled,
  ungroupSelected,
  writeNote,
} from '../arrange/arrange.ts';
import { canvasStore, centerOfView, fitGraph, reveal } from '../canvas/canvas-store.ts';
import { duplicate, removeSelected } from '../clipboard/clipboard.ts';
import { documentStore, redo, undo } from '../document/document-store.ts';
import { idsOf } from '../document/edits.ts';
import { select, selectionStore } from '../document/selection-store.ts';
import { showFiles } from '../files/files-store.ts';
import { newGraph } from '../files/open-file.ts';
import { saveGraph } from '../files/save-file.ts';
import { startRun, stopRun } from '../runs/start-run.ts';
import { announce } from '../shell/announce.ts';
import { frameStore, showSideTab } from '../shell/frame-store.ts';
import { showDialog } from './dialog-store.ts';

export type Command = {
  readonly id: string;
  readonly group: 'Run' | 'Edit' | 'Draw' | 'Arrange' | 'View' | 'File' | 'Help';
  readonly title: string;
  /** As `mod+Shift+Z`; `mod` is Ctrl, or Cmd on a Mac. */
  readonly keys?: string;
  readonly run: () => void;
};

function addAtCenter(): void {
  const [x, y] = centerOfView();
  canvasStore.setState({
    addMenu: { screen: [innerWidth / 2 - 145, innerHeight / 2 - 180], at: [x, y] },
  });
}

/** The first field of the selected node; Escape goes back to the canvas. */
function editParameters(): void {
  showSideTab('inspector');
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('#side-panel :is(input, textarea)')?.focus(),
  );
}

const nudge = (dx: number, dy: number) => () => moveSelected([dx * 20, dy * 20]);

function say(verb: string, label: string | undefined): void {
  announce(label === undefined ? `Nothing to ${verb}.` : `${verb}: ${label}.`);
}

const toggle = (key: 'isPaletteOpen' | 'isSideOpen') =>
  frameStore.setState({ [key]: !frameStore.getState()[key] });
/** Opens a tab of the drawer and goes there, or closes it. */
function toggleTab(id: string): void {
  const isShown = frameStore.getState().drawerTab === id;
  frameStore.setState({ drawerTab: isShown ? null : id });
  requestAnimationFrame(() => {
    // The row of a tree that takes the keys, or else the part that scrolls.
    const [body, row] = document.querySelectorAll<HTMLElement>(
      '[aria-label="Drawer"] [tabindex="0"]',
    );
    (row ?? body)?.focus();
  });
}

export const commands: readonly Command[] = [
  {
    id: 'run',
    group: 'Run',
    title: 'Run everything',
    keys: 'mod+Enter',
    run: () => void startRun('all'),
  },
  {
    id: 'run-to-here',
    group: 'Run',
    title: 'Run to the selection',
    keys: 'Shift+Enter',
    run: () => void startRun('to-here'),
  },
  {
    id: 'run-from-here',
    group: 'Run',
    title: 'Run from the selection',
    run: () => void startRun('from-here'),
  },
  { id: 'stop', group: 'Run', title: 'Stop the run', run: () => void stopRun() },
  { id: 'undo', group: 'Edit', title: 'Undo', keys: 'mod+Z', run: () => say('undo', undo()) },
  { id: 'redo', group: 'Edit', title: 'Redo', keys: 'mod+Shift+Z', run: () => say('redo', redo()) },
  { id: 'duplicate', group: 'Edit', title: 'Duplicate', keys: 'mod+D', run: duplicate },
  { id: 'delete', group: 'Edit', title: 'Delete', keys: 'Delete', run: () => removeSelected() },
  {
    id: 'select-all',
    group: 'Edit',
    title: 'Select all',
    keys: 'mod+A',
    run: () => select(idsOf(documentStore.getState().document)),
  },
  {
    id: 'select-none',
    group: 'Edit',
    title: 'Select nothing',
    keys: 'Escape',
    run: () => {
      canvasStore.setState({ addMenu: null });
      select([]);
    },
  },
  { id: 'add', group: 'Draw', title: 'Add a node', keys: 'A', run: addAtCenter },
  {
    id: 'connect',
    group: 'Draw',
    title: 'Connect the node, or move the wire, that is selected',
    keys: 'C',
    run: () => showDialog('connect'),
  },
  {
    id: 'parameters',
    group: 'Draw',
    title: 'Edit the parameters',
    keys: 'I',
    run: editParameters,
  },
  {
    id: 'bypass',
    group: 'Draw',
    title: 'Bypass: wire around it and disable it',
    keys: 'B',
    run: bypassSelected,
  },
  { id: 'disable', group: 'Draw', title: 'Disable or enable', keys: 'D', run: toggleDisabled },
  { id: 'note', group: 'Draw', title: 'Write a note', keys: 'N', run: writeNote },
  {
    id: 'variants',
    group: 'Draw',
    title: 'Edit the axes of variants',
    keys: 'V',
    run: () => showDialog('variants'),
  },
  { id: 'group', group: 'Arrange', title: 'Group in a frame', keys: 'mod+G', run: groupSelected },
  { id: 'ungroup', group: 'Arrange', title: 'Ungroup', keys: 'mod+Shift+G', run: ungroupSelected },
  {
    id: 'fold',
    group: 'Arrange',
    title: 'Collapse or expand a group',
    keys: 'E',
    run: foldSelected,
  },
  {
    id: 'layout',
    group: 'Arrange',
    title: 'Auto layout',
    keys: 'L',
    run: () => void arrangeNodes(),
  },
  { id: 'move-left', group: 'Arrange', title: 'Move left', keys: 'ArrowLeft', run: nudge(-1, 0) },
  { id: 'move-right', group: 'Arrange', title: 'Move right', keys: 'ArrowRight', run: nudge(1, 0) },
  { id: 'move-up', group: 'Arrange', title: 'Move up', keys: 'ArrowUp', run: nudge(0, -1) },
  { id: 'move-down', group: 'Arrange', title: 'Move down', keys: 'ArrowDown', run: nudge(0, 1) },
  { id: 'left', group: 'Arrange', title: 'Align left', run: () => alignSelected('left') },
  { id: 'right', group: 'Arrange', title: 'Align right', run: () => alignSelected('right') },
  { id: 'top', group: 'Arrange', title: 'Align top', run: () => alignSelected('top') },
  { id: 'bottom', group: 'Arrange', title: 'Align bottom', run: () => alignSelected('bottom') },
  {
    id: 'spread-x',
    group: 'Arrange',
    title: 'Spread horizontally',
    run: () => alignSelected('spread-x'),
  },
  {
    id: 'spread-y',
    group: 'Arrange',
    title: 'Spread vertically',
    run: () => alignSelected('spread-y'),
  },
  {
    id: 'search',
    group: 'View',
    title: 'Search in the graph',
    keys: 'mod+F',
    run: () => showDialog('search'),
  },
  { id: 'fit', group: 'View', title: 'Fit the graph', keys: 'F', run: fitGraph },
  {
    id: 'fit-selection',
    group: 'View',
    title: 'Show the selection',
    keys: 'Shift+F',
    run: () => reveal([...selectionStore.getState().nodes]),
  },
  {
    id: 'palette',
    group: 'View',
    title: 'Show or hide the palette',
    keys: '[',
    run: () => toggle('isPaletteOpen'),
  },
  {
    id: 'side',
    group: 'View',
    title: 'Show or hide the inspector',
    keys: ']',
    run: () => toggle('isSideOpen'),
  },
  {
    id: 'outline',
    group: 'View',
    title: 'Show the outline',
    keys: 'O',
    run: () => toggleTab('outline'),
  },
  {
    id: 'problems',
    group: 'View',
    title: 'Show the problems',
    keys: 'P',
    run: () => toggleTab('problems'),
  },
  { id: 'new', group: 'File', title: 'New graph', run: newGraph },
  {
    id: 'open',
    group: 'File',
    title: 'Open a graph or template',
    keys: 'mod+O',
    run: () => showFiles('open'),
  },
  { id: 'save', group: 'File', title: 'Save', keys: 'mod+S', run: () => void saveGraph() },
  {
    id: 'save-as',
    group: 'File',
    title: 'Save under another name',
    keys: 'mod+Shift+S',
    run: () => showFiles('save-as'),
  },
  {
    id: 'commands',
    group: 'Help',
    title: 'All commands',
    keys: 'mod+K',
    run: () => showDialog('commands'),
  },
  {
    id: 'shortcuts',
    group: 'Help',
    title: 'Keyboard shortcuts',
    keys: '?',
    run: () => showDialog('shortcuts'),
  },
];

/** Keys -> commands. */
import { canvasStore } from '../canvas/canvas-store.ts';
import { isTyping } from '../clipboard/clipboard.ts';
import { typeAhead } from '../document/typing.ts';
import { filesStore } from '../files/files-store.ts';
import { frameStore } from '../shell/frame-store.ts';
import { type Command, commands } from './commands.ts';
import { dialogStore } from './dialog-store.ts';

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** `mod+Shift+Z` as people read it. */
export function printKeys(keys: string): readonly string[] {
  return keys.split('+').map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key));
}

/** Runs the command of a key press; call once. Single letters do nothing while something is typed. */
export function handleKeys(): () => void {
  const press = (event: KeyboardEvent) => {
    if (!isTyping(event.target) && typeAhead(event)) return event.preventDefault();
    const name = nameOf(event);
    if (name === 'Escape') leaveField(event.target);
    const command = commands.find(({ keys }) => keys === (aliases[name] ?? name));
    if (command === undefined || event.defaultPrevented) return;
    if (!isInReach(command) || belongsToTarget(name, event.target)) return;
    if (name !== 'Escape') event.preventDefault();
    command.run();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

/** Escape in a title or note of the canvas: single letters are commands again. */
function leaveField(target: EventTarget | null): void {
  if (isTyping(target) && target instanceof HTMLElement && target.closest('.react-flow'))
    target.blur();
}

/** Dialogs keep the keys to themselves; other views know only the commands on files, and help. */
function isInReach(command: Command): boolean {
  const { group } = command;
  const isOnScreen = frameStore.getState().view === 'edit' || group === 'File' || group === 'Help';
  return isOnScreen && !isDialogOpen(command);
}

/** Also one that was asked for and is still being loaded: what is typed then is meant for it. */
const isDialogOpen = ({ keys }: Command): boolean =>
  document.querySelector('[role="dialog"][aria-modal="true"]') !== null ||
  dialogStore.getState().dialog !== null ||
  filesStore.getState().dialog !== null ||
  (keys !== 'Escape' && canvasStore.getState().addMenu !== null);

/** Whether the focused element has a use of its own for the key. */
function belongsToTarget(name: string, target: EventTarget | null): boolean {
  if (isTyping(target)) return !name.startsWith('mod+') || isTextKey(name);
  return (
    name.startsWith('Arrow') && target instanceof Element && target.closest(withArrows) !== null
  );
}

/** Where the arrow keys scroll, or belong to a list. */
const withArrows =
  '[role="tablist"], [role="tree"], [role="slider"], [role="menu"], [role="dialog"], section[tabindex="0"]';

const aliases: Readonly<Record<string, string>> = { Backspace: 'Delete', 'mod+Y': 'mod+Shift+Z' };

/** In a text field these belong to the text. Undo is the document's: every field writes into it. */
const isTextKey = (name: string) => name === 'mod+A' || name === 'mod+D';

function nameOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  const letter = key.length === 1 ? key.toUpperCase() : key;
  const isSign = key.length === 1 && !/[a-z]/i.test(key);
  return [ctrlKey || metaKey ? 'mod' : '', shiftKey && !isSign ? 'Shift' : '', letter]
    .filter(Boolean)
    .join('+');
}

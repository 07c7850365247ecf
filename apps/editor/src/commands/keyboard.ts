/** Keys -> commands. */
import { isTyping } from '../clipboard/clipboard.ts';
import { frameStore } from '../shell/frame-store.ts';
import { commands } from './commands.ts';

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** `mod+Shift+Z` as people read it. */
export function printKeys(keys: string): readonly string[] {
  return keys.split('+').map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key));
}

/** Runs the command of a key press; call once. Single letters do nothing while something is typed. */
export function handleKeys(): () => void {
  const press = (event: KeyboardEvent) => {
    const name = nameOf(event);
    const command = commands.find(({ keys }) => keys === (aliases[name] ?? name));
    const isFileCommand = command?.group === 'File' || command?.group === 'Help';
    const isElsewhere = frameStore.getState().view !== 'edit' && !isFileCommand;
    if (command === undefined || isElsewhere || event.defaultPrevented) return;
    if (isTyping(event.target) && !name.startsWith('mod+')) return;
    if (isTyping(event.target) && isTextKey(name)) return;
    if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return;
    if (name === 'Escape') return command.run();
    event.preventDefault();
    command.run();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

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

/** A text that was asked for before its field is on the page: keys that come meanwhile belong to it, not to commands. */
import { applyEdit, documentStore } from './document-store.ts';
import { editNote } from './drawing-edits.ts';

let awaited: string | null = null;

/** The cursor goes into this note as soon as it is drawn. */
export function awaitNote(id: string): void {
  awaited = id;
}

/** Whether the note that was just drawn is the one; asked once. */
export function takesCursor(id: string): boolean {
  if (awaited !== id) return false;
  awaited = null;
  return true;
}

const noteOf = (id: string) =>
  documentStore.getState().document.notes?.find((note) => note.id === id);

/** Writes a key into the awaited note. False: none is awaited, the key is free. */
export function typeAhead({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const note = awaited === null ? undefined : noteOf(awaited);
  if (note === undefined || ctrlKey || metaKey || altKey) return false;
  if (key === 'Escape') awaited = null;
  const typed = key === 'Enter' ? '\n' : key;
  if (typed.length !== 1) return false;
  const { id, text } = note;
  const apply = editNote(id, { text: text + typed });
  applyEdit({ label: 'Write note', apply, mergeKey: `note ${id}` });
  return true;
}

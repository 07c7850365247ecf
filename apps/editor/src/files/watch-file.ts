/** Notices that another tab or program saved the open file. */
import { parseDocument } from '@radiograph/graph';
import { applyEdit, documentStore } from '../document/document-store.ts';
import { listenToActivity } from '../server/activity.ts';
import { server } from '../server/client.ts';
import { announce } from '../shell/announce.ts';

/** Takes over what was saved elsewhere while nothing is unsaved here; otherwise the next save merges. Call once. */
export function watchFile(): () => void {
  return listenToActivity((message) => {
    const { file, save } = documentStore.getState();
    if (message.type !== 'graph-saved' || message.path !== file.path) return;
    if (message.revision === file.revision || save.type !== 'saved') return;
    takeOver(file.path).catch(() => undefined); // gone again or unreadable: the next save tells
  });
}

async function takeOver(path: string): Promise<void> {
  const { text, revision } = await server.graphs.read({ query: { path } });
  const { file, save } = documentStore.getState();
  if (file.path !== path || save.type !== 'saved' || revision === file.revision) return;
  const theirs = parseDocument(text);
  applyEdit({ label: 'Change in another tab', apply: () => theirs });
  documentStore.setState({ file: { ...file, revision, base: theirs }, save: { type: 'saved' } });
  announce('Changes from another tab were taken over.');
}

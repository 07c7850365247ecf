/** Saves the document: by itself shortly after an edit, or when asked. A write that would lose somebody's work is refused. */
import { ApiError } from '@radiograph/api';
import { printDocument } from '@radiograph/graph';
import { type DocumentState, documentStore, type SaveState } from '../document/document-store.ts';
import { whenStill } from '../document/gesture.ts';
import { server } from '../server/client.ts';
import { announce } from '../shell/announce.ts';
import { showFiles } from './files-store.ts';
import { forgetJournal } from './journal.ts';

const quietMs = 900;
const retryMs = 4000;

/** Saves under the file's name; a template asks for a new one. */
export async function saveGraph(): Promise<void> {
  const { file, save } = documentStore.getState();
  if (save.type === 'saving') return;
  if (file.isTemplate) return showFiles('save-as');
  if (save.type === 'stale') return showFiles('merge');
  leaving = write(file.path, file.revision);
  await leaving;
}

/** Saves under another name. Returns why not when it is refused. */
export async function saveGraphAs(path: string): Promise<string | undefined> {
  const old = documentStore.getState().file;
  await write(path, null);
  const { file, save } = documentStore.getState();
  if (file.path === path) {
    if (old.path !== path) await forgetJournal(old.path);
    return undefined;
  }
  documentStore.setState({ save: { type: 'unsaved' } });
  if (save.type === 'stale') return 'A file with this name exists. Choose another.';
  return save.type === 'failed' ? save.message : undefined;
}

async function write(path: string, revision: string | null): Promise<void> {
  const { document, opened } = documentStore.getState();
  documentStore.setState({ save: { type: 'saving' } });
  try {
    const saved = await server.graphs.write({
      query: { path },
      body: { text: printDocument(document), revision },
    });
    const now = documentStore.getState();
    if (now.opened !== opened) return await writeRest(path, { opened, document, ...saved });
    // Edits made while it was saving are still unsaved.
    const isCurrent = now.document === document;
    documentStore.setState({
      file: { path, revision: saved.revision, isTemplate: saved.isTemplate, base: document },
      save: { type: isCurrent ? 'saved' : 'unsaved' },
    });
  } catch (error) {
    if (documentStore.getState().opened === opened)
      documentStore.setState({ save: explainFailure(error) });
  }
}

let left: DocumentState | undefined;
let leaving: Promise<unknown> = Promise.resolve();

/** Resolves when the document that was open before is on the disk, or refused: the crash journal keeps it then. */
export const leftIsSaved = (): Promise<unknown> => leaving;

type Written = Pick<DocumentState, 'opened' | 'document'> & { readonly revision: string };

/** Another document was opened while this one was saved: the edits made in between are written now. */
async function writeRest(path: string, { opened, document, revision }: Written): Promise<void> {
  if (left?.opened !== opened || left.document === document) return;
  await server.graphs.write({
    query: { path },
    body: { text: printDocument(left.document), revision },
  });
}

/** Saves what is left unsaved when another document is opened. */
function leave(before: DocumentState): void {
  left = before;
  const { file, save, document } = before;
  if (file.isTemplate || (save.type !== 'unsaved' && save.type !== 'failed')) return;
  const text = printDocument(document);
  leaving = server.graphs
    .write({ query: { path: file.path }, body: { text, revision: file.revision } })
    .catch(() => undefined);
}

function explainFailure(error: unknown): SaveState {
  const theirs = error instanceof ApiError ? error.refusal?.theirs : undefined;
  if (theirs !== undefined) {
    announce('The file was changed elsewhere. Merge to save.');
    return { type: 'stale', theirs };
  }
  return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
}

/** Saves shortly after each edit, and tries again while the server is away; call once. */
export function autosave(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = () => {
    clearTimeout(timer);
    const { file, save } = documentStore.getState();
    if (file.isTemplate || (save.type !== 'unsaved' && save.type !== 'failed')) return;
    const delayMs = save.type === 'failed' ? retryMs : quietMs;
    timer = setTimeout(() => whenStill(() => void saveGraph()), delayMs);
  };
  const stop = documentStore.subscribe((state, before) => {
    if (state.opened !== before.opened) leave(before);
    if (state.document !== before.document || state.save !== before.save) plan();
  });
  plan(); // the crash journal may have brought back what was never saved
  return () => {
    clearTimeout(timer);
    stop();
  };
}

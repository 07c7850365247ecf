/**
 * The crash journal: the document with its history, per file, in the browser's database after every edit. A structured clone
 * keeps what the moments of the history share, so a long history costs little more than one document.
 */
import { notifications } from '@mantine/notifications';
import type { GraphDocument } from '@radiograph/graph';
import { type DocumentState, documentStore, type Moment } from '../document/document-store.ts';
import { whenStill } from '../document/gesture.ts';

/** What was kept of a file. `base` and `revision`: what the edits were made on. */
export type Kept = {
  readonly path: string;
  readonly revision: string | null;
  readonly base: GraphDocument;
  readonly document: GraphDocument;
  readonly past: readonly Moment[];
  readonly future: readonly Moment[];
};

const table = 'files';
const keptMoments = 200;
const delayMs = 250;

let database: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('radiograph-journal', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: 'path' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return database;
}

async function ask<T>(
  mode: IDBTransactionMode,
  make: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const store = (await open()).transaction(table, mode).objectStore(table);
  return new Promise((resolve, reject) => {
    const request = make(store);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** What was kept of a file; undefined without, or where the browser has no database (private windows). */
export function readJournal(path: string): Promise<Kept | undefined> {
  return ask('readonly', (store) => store.get(path) as IDBRequest<Kept | undefined>).catch(
    () => undefined,
  );
}

/** A graph that was never saved: it lives in this browser alone. */
export type Draft = { readonly path: string; readonly name: string; readonly nodes: number };

/** The graphs that were never saved; none where the browser has no database. */
export function listDrafts(): Promise<readonly Draft[]> {
  return ask('readonly', (store) => store.getAll() as IDBRequest<Kept[]>).then(
    (kept) =>
      kept
        .filter(({ revision }) => revision === null)
        .map(({ path, document: { name, nodes } }) => ({
          path,
          name,
          nodes: Object.keys(nodes).length,
        })),
    () => [],
  );
}

/** Forgets a file, for instance when another name was chosen. */
export function forgetJournal(path: string): Promise<void> {
  return ask('readwrite', (store) => store.delete(path)).then(
    () => undefined,
    () => undefined,
  );
}

function writeJournal({ file, document, past, future }: DocumentState): Promise<unknown> {
  const { path, revision, base } = file;
  const kept: Kept = {
    path,
    revision,
    base,
    document,
    past: past.slice(-keptMoments),
    future: future.slice(0, keptMoments),
  };
  return ask('readwrite', (store) => store.put(kept)).catch(tellLoss);
}

let isTold = false;

/** Private windows and full disks: what is not saved is gone with the page. */
function tellLoss(): void {
  if (isTold) return;
  isTold = true;
  notifications.show({
    color: 'red',
    title: 'This browser keeps no drafts',
    message: 'What is not saved as a file is lost when the page is left.',
    autoClose: false,
  });
}

/** Keeps every change shortly after it, a draft also before its first, and at once when the page is left; call once. */
export function keepJournal(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (state: DocumentState) => {
    clearTimeout(timer);
    timer = undefined;
    void writeJournal(state);
  };
  const keep = () => flush(documentStore.getState());
  const stop = documentStore.subscribe((state, before) => {
    const isEdit = state.document !== before.document || state.file !== before.file;
    if (state.opened !== before.opened && timer !== undefined) flush(before);
    if (state.opened !== before.opened && isDraft(state)) return flush(state);
    if (state.opened !== before.opened || !isEdit) return;
    timer ??= setTimeout(() => whenStill(keep), delayMs);
  });
  const leave = () => {
    if (timer !== undefined) keep();
  };
  addEventListener('pagehide', leave);
  return () => {
    stop();
    removeEventListener('pagehide', leave);
  };
}

/** An empty graph that nobody has touched is not worth keeping. */
const isDraft = ({ file, document }: DocumentState): boolean =>
  file.revision === null && Object.keys(document.nodes).length > 0;

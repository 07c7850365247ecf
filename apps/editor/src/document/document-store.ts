/**
 * The document that is edited, with its history. An edit is a function from document to document; documents are immutable
 * and share what did not change, so undo puts the earlier one back, byte for byte.
 */
import { type GraphDocument, parseDocument } from '@radiograph/graph';
import { createStore, useStore } from 'zustand';

/** An earlier or later document, and the name of the edit between it and its neighbor. */
export type Moment = { readonly label: string; readonly document: GraphDocument };

/** Whether the file has what is on the screen. */
export type SaveState =
  | { readonly type: 'saved' }
  | { readonly type: 'unsaved' }
  | { readonly type: 'saving' }
  | { readonly type: 'failed'; readonly message: string }
  | {
      readonly type: 'stale';
      readonly theirs: { readonly text: string; readonly revision: string } | null;
    };

/** The file behind the document. A template is never written: saving asks for a new name. */
export type OpenFile = {
  readonly path: string;
  readonly revision: string | null;
  readonly isTemplate: boolean;
  /** The document as it was read or last saved: the base of a merge. */
  readonly base: GraphDocument;
};

export type DocumentState = {
  readonly file: OpenFile;
  readonly document: GraphDocument;
  readonly past: readonly Moment[];
  readonly future: readonly Moment[];
  readonly save: SaveState;
  /** Counts the documents that were opened; saving under another name opens none. */
  readonly opened: number;
};

/** A change of the document. Returns the same object when there is nothing to change. */
export type Edit = {
  readonly label: string;
  readonly apply: (document: GraphDocument) => GraphDocument;
  /** Edits in a row with the same key become one step of the history: typing, arrow keys. */
  readonly mergeKey?: string;
};

const keptMoments = 500;
const mergeMs = 1500;

/** A document without nodes. */
export function emptyDocument(name: string): GraphDocument {
  return parseDocument(JSON.stringify({ format: 'radiograph/1', name, nodes: {} }));
}

const blank = emptyDocument('Untitled');
export const documentStore = createStore<DocumentState>(() => ({
  file: { path: 'untitled.graph.json', revision: null, isTemplate: true, base: blank },
  document: blank,
  past: [],
  future: [],
  save: { type: 'saved' },
  opened: 0,
}));

/** Reads a part of the state; renders again when it changes. */
export const useDocument = <T>(select: (state: DocumentState) => T): T =>
  useStore(documentStore, select);

let lastMerge: { readonly key: string; readonly atMs: number } | undefined;

/** Applies an edit and remembers it. */
export function applyEdit({ label, apply, mergeKey }: Edit): void {
  const { document, past, save } = documentStore.getState();
  const changed = apply(document);
  if (changed === document) return;
  const nowMs = Date.now();
  const isMerged =
    mergeKey !== undefined &&
    past.length > 0 &&
    lastMerge?.key === mergeKey &&
    nowMs - lastMerge.atMs < mergeMs;
  lastMerge = mergeKey === undefined ? undefined : { key: mergeKey, atMs: nowMs };
  documentStore.setState({
    document: changed,
    past: isMerged ? past : [...past, { label, document }].slice(-keptMoments),
    future: [],
    save: touch(save),
  });
}

/** Takes back the last edit; returns its name, or undefined when there is none. */
export function undo(): string | undefined {
  const { document, past, future, save } = documentStore.getState();
  const last = past.at(-1);
  if (last === undefined) return undefined;
  lastMerge = undefined;
  documentStore.setState({
    document: last.document,
    past: past.slice(0, -1),
    future: [{ label: last.label, document }, ...future],
    save: touch(save),
  });
  return last.label;
}

/** Does the last edit that was taken back again; returns its name, or undefined when there is none. */
export function redo(): string | undefined {
  const { document, past, future, save } = documentStore.getState();
  const [next, ...rest] = future;
  if (next === undefined) return undefined;
  lastMerge = undefined;
  documentStore.setState({
    document: next.document,
    past: [...past, { label: next.label, document }],
    future: rest,
    save: touch(save),
  });
  return next.label;
}

/** Shows another document, with the history that belongs to it. */
export function openDocument(
  state: Pick<DocumentState, 'file' | 'document'> & Partial<DocumentState>,
): void {
  lastMerge = undefined;
  const opened = documentStore.getState().opened + 1;
  documentStore.setState({ past: [], future: [], save: { type: 'saved' }, ...state, opened });
}

// A stale file stays stale until the two versions are merged.
const touch = (save: SaveState): SaveState => (save.type === 'stale' ? save : { type: 'unsaved' });

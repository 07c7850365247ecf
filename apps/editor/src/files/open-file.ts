/** Opens graph files: the text of the server, or a newer state that a closed tab or a crash left behind. */
import { type GraphDocument, parseDocument, printDocument } from '@radiograph/graph';
import {
  type DocumentState,
  documentStore,
  emptyDocument,
  openDocument,
} from '../document/document-store.ts';
import { select } from '../document/selection-store.ts';
import { server } from '../server/client.ts';
import { announce } from '../shell/announce.ts';
import { showView } from '../shell/frame-store.ts';
import { readJournal } from './journal.ts';
import { leftIsSaved } from './save-file.ts';

/** Opens a file of the workspace. @throws {RadiographError} or {ApiError} when it cannot be read as a graph. */
export async function openGraph(path: string): Promise<void> {
  await leftIsSaved(); // it may be this file
  const { text, revision, isTemplate } = await server.graphs.read({ query: { path } });
  const base = parseDocument(text);
  const file = { path, revision, isTemplate, base };
  const kept = await readJournal(path);
  select([]);
  if (kept === undefined) openDocument({ file, document: base });
  else {
    const isSaved = printDocument(kept.document) === text;
    const isStale = !isTemplate && kept.revision !== revision && !isSaved;
    openDocument({
      // Edits that were not saved keep the version that they were made on: saving them finds out what changed since.
      file: isStale ? { ...file, revision: kept.revision, base: kept.base } : file,
      document: kept.document,
      past: kept.past,
      future: kept.future,
      save: { type: isSaved ? 'saved' : 'unsaved' },
    });
  }
  announce(`Opened ${path}.`);
}

/** Opens what was kept of a graph that was never saved, with its history. False: nothing was kept. */
export async function openDraft(path: string): Promise<boolean> {
  await leftIsSaved();
  const kept = await readJournal(path);
  if (kept === undefined || kept.revision !== null) return false;
  const { document, base, past, future } = kept;
  select([]);
  openDocument({
    file: { path, revision: null, isTemplate: true, base },
    document,
    past,
    future,
    save: { type: 'unsaved' },
  });
  announce(`Opened the draft ${document.name}.`);
  return true;
}

/** Opens what the page showed last: a file, or a draft. */
export async function openAgain(path: string): Promise<void> {
  if (!(await openDraft(path))) await openGraph(path);
}

/** A path of its own for each draft, so that none takes the place of another. */
const draftPath = (stem: string): string => `${stem}-${Date.now().toString(36)}.graph.json`;

/** Begins an empty graph; the file is made at the first save. */
export function newGraph(): void {
  const document = emptyDocument('Untitled');
  select([]);
  openDocument({
    file: { path: draftPath('untitled'), revision: null, isTemplate: true, base: document },
    document,
  });
  announce('New graph.');
}

/** Keeps the title of the page and which file it shows, for the next visit of this tab; call once. */
export function rememberFile(): () => void {
  const remember = ({ file, document: { name } }: DocumentState) => {
    sessionStorage.setItem(lastPath, file.path);
    document.title = `${name} · Radiograph`;
  };
  remember(documentStore.getState());
  return documentStore.subscribe((state, before) => {
    if (state.file.path !== before.file.path || state.document.name !== before.document.name)
      remember(state);
  });
}

const lastPath = 'radiograph.path';

/** The file that this tab showed before it was loaded again. */
export const readLastPath = (): string | null => sessionStorage.getItem(lastPath);

type OwnGraph = {
  /** The file that it comes from. */
  readonly path: string;
  /** The values that make it different; its name and path say them. */
  readonly values: Readonly<Record<string, string>>;
};

/** Opens a document as a new graph, which is written when it is saved or edited under its own name. */
export function openAsOwn(document: GraphDocument, { path, values }: OwnGraph): void {
  const words = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const named = { ...document, name: [document.name, ...words].join(' ') };
  const stem =
    Object.values(values)
      .join('-')
      .replaceAll(/[^\w.-]+/g, '-') || 'cell';
  openDocument({
    file: {
      path: draftPath(path.replace('.graph.json', `-${stem}`)),
      revision: null,
      isTemplate: true,
      base: named,
    },
    document: named,
  });
  showView('edit');
}

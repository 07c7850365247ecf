/** Opens graph files: the text of the server, or a newer state that a closed tab or a crash left behind. */
import { type GraphDocument, parseDocument, printDocument } from '@radiograph/graph';
import { documentStore, emptyDocument, openDocument } from '../document/document-store.ts';
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
  document.title = `${documentStore.getState().document.name} · Radiograph`;
  announce(`Opened ${path}.`);
}

/** Begins an empty graph; the file is made at the first save. */
export function newGraph(): void {
  const document = emptyDocument('Untitled');
  select([]);
  openDocument({
    file: { path: 'untitled.graph.json', revision: null, isTemplate: true, base: document },
    document,
  });
  announce('New graph.');
}

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
      path: path.replace('.graph.json', `-${stem}.graph.json`),
      revision: null,
      isTemplate: true,
      base: named,
    },
    document: named,
  });
  showView('edit');
}

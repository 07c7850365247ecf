/** Starting and stopping runs of the open document, saved or not: the queue keeps the text that it was given. */
import { notifications } from '@mantine/notifications';
import { ApiError } from '@radiograph/api';
import { closureOf, printDocument } from '@radiograph/graph';
import { checksStore, firstProblems, showProblems } from '../checks/checks-store.ts';
import { documentStore } from '../document/document-store.ts';
import { selectionStore } from '../document/selection-store.ts';
import { server } from '../server/client.ts';
import { announce } from '../shell/announce.ts';
import { frameStore } from '../shell/frame-store.ts';
import { runsStore } from './runs-store.ts';

/** What to run: everything, up to the selected nodes, or them and all that follows. */
export type RunScope = 'all' | 'to-here' | 'from-here';

/** The nodes that a scope asks for; null: all of them. The server adds what they need. */
export function nodesOf(scope: RunScope): readonly string[] | null {
  const { nodes, edges } = documentStore.getState().document;
  const selected = [...selectionStore.getState().nodes].filter((id) => id in nodes);
  if (scope === 'all') return null;
  return scope === 'to-here' ? selected : [...closureOf(edges, selected, 'after')];
}

/** Puts the document, or the part of it that is asked for, into the queue. Problems there are shown instead. */
export async function startRun(scope: RunScope = 'all'): Promise<void> {
  const { document, file } = documentStore.getState();
  if (Object.keys(document.nodes).length === 0)
    return tell('The graph is empty: add a node first.');
  const only = nodesOf(scope);
  if (only?.length === 0) return tell('Select the nodes to run first.');
  if (hasProblems(only)) {
    frameStore.setState({ drawerTab: 'problems' });
    return tell('The graph has problems; they are listed below the canvas.');
  }
  const body = { path: file.path, text: printDocument(document), only };
  await server.queue.add({ body }).then(() => announce('Run started.'), tellRefusal);
}

/** The server looked again: its problems are shown where they are. */
function tellRefusal(error: unknown): void {
  const refusal = error instanceof ApiError ? error.refusal : undefined;
  if (refusal !== undefined && isAboutGraph.has(refusal.error.code)) {
    showProblems(refusal.error.problems);
    frameStore.setState({ drawerTab: 'problems' });
    tell('The graph has problems; they are listed below the canvas.');
  } else tell(error instanceof Error ? error.message : String(error));
}

const isAboutGraph = new Set(['graph', 'data']);

/** Whether these nodes, or what they need, have a problem; null: whether anything has one. */
function hasProblems(only: readonly string[] | null): boolean {
  const { problems } = checksStore.getState();
  if (only === null) return problems.length > 0;
  const { edges } = documentStore.getState().document;
  const broken = firstProblems(problems);
  return [...closureOf(edges, only, 'before')].some((id) => broken.has(id));
}

/** Stops the run of the open file. */
export async function stopRun(): Promise<void> {
  const { path } = documentStore.getState().file;
  const active = runsStore.getState().queue.runs.find((run) => run.path === path);
  if (active === undefined) return tell('Nothing of this graph runs.');
  await server.queue.cancel({ params: { id: active.id }, body: {} }).then(
    () => announce('Stopping the run.'),
    (error: unknown) => tell(error instanceof Error ? error.message : String(error)),
  );
}

function tell(message: string): void {
  notifications.show({ message, color: 'yellow' });
  announce(message);
}

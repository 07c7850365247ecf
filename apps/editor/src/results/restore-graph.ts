import type { RunDetails } from '@radiograph/api';
import { parseDocument } from '@radiograph/graph';
import { applyEdit, documentStore, openDocument } from '../document/document-store.ts';
import { select } from '../document/selection-store.ts';
import { openGraph } from '../files/open-file.ts';
import { showRun } from '../runs/runs-store.ts';
import { server } from '../server/client.ts';
import { announce } from '../shell/announce.ts';
import { showView } from '../shell/frame-store.ts';

/**
 * Puts the graph that a run ran on the canvas, as one edit that can be undone. A run of another file opens that file first;
 * if it is gone, the graph opens under a new name.
 */
export async function restoreGraph({ graphText, graphPath, runId }: RunDetails): Promise<void> {
  const restored = parseDocument(graphText);
  const isOpen = () => graphPath.endsWith(`/${documentStore.getState().file.path}`);
  if (!isOpen()) await openFileOf(graphPath);
  select([]);
  if (isOpen()) applyEdit({ label: 'Restore the graph of a run', apply: () => restored });
  else
    openDocument({
      file: { path: `run-${runId}.graph.json`, revision: null, isTemplate: true, base: restored },
      document: restored,
    });
  await showRun(runId);
  showView('edit');
  announce('Restored the graph of the run. Undo brings the other one back.');
}

/** Opens the file of a run, if it is one of the workspace and still there. */
async function openFileOf(graphPath: string): Promise<void> {
  const { workspace } = await server.session.read();
  if (!graphPath.startsWith(`${workspace}/`)) return;
  await openGraph(graphPath.slice(workspace.length + 1)).catch(() => undefined);
}

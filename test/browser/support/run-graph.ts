/** Runs a graph as the command line does, in a process that the server of an open editor does not lead. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GraphDocument, validateGraph } from '@radiograph/graph';
import { type FinishedRun, startRun } from '@radiograph/runtime';
import { nodePackages, registry } from '../../../apps/runner/src/registry.ts';

const workerEntry = fileURLToPath(new URL('../../../apps/runner/bin/worker.js', import.meta.url));

/** Runs it to the end; steps that the workspace has are reused. The graph's file need not be there. */
export function runGraph(
  workspace: string,
  document: GraphDocument,
  signal: AbortSignal = new AbortController().signal,
): Promise<FinishedRun> {
  return startRun({
    graph: validateGraph(document, registry),
    graphPath: join(workspace, 'tiny.graph.json'),
    home: join(workspace, '.radiograph'),
    packages: nodePackages,
    workerEntry,
    signal,
  });
}

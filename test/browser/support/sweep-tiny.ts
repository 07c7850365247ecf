/** A sweep of the tiny graph, as the command line runs it, in the workspace of an open editor. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from '@radiograph/graph';
import { createLocalExecutor, type SweepResult, startSweep } from '@radiograph/sweep';
import { nodePackages } from '../../../apps/runner/src/registry.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs it to the end; steps that the workspace has are reused. */
export async function sweepTiny(workspace: string, grids: readonly string[]): Promise<SweepResult> {
  const { result } = await startSweep({
    document: parseDocument(readFileSync(join(root, 'test/tiny/tiny.graph.json'), 'utf8')),
    request: { grids },
    place: {
      home: join(workspace, '.radiograph'),
      graphPath: join(workspace, 'tiny.graph.json'),
      packages: nodePackages,
      workerEntry: join(root, 'apps/runner/bin/worker.js'),
    },
    executor: createLocalExecutor({ workers: 1 }),
    command: `radiograph sweep tiny.graph.json --grid ${grids.join(' --grid ')}`,
  });
  return result;
}

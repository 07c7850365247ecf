/** A sweep of six cells as one merged plan, against the six graphs run one by one, each with an empty store. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument, setParams, validateGraph } from '@radiograph/graph';
import { startRun } from '@radiograph/runtime';
import { createLocalExecutor, listCells, startSweep } from '@radiograph/sweep';
import { nodePackages, registry } from '../apps/runner/src/registry.ts';
import { type Bench, compare, type Row, timeMs } from './measure.ts';

const graphPath = resolve('examples/ablation/rho.graph.json');
const workerEntry = fileURLToPath(new URL('../apps/runner/bin/worker.js', import.meta.url));

// The rho ablation with six values and one seed, with a quarter of its patients and of its expert masks, and nothing else changed: epochs,
// networks and batches are those of the saved graph, so what cells share (images, classifier, Grad-CAM, pseudo-labels) and what is
// their own (a segmenter each) both take a quarter of their time there, and starting a process weighs little.
const request = { axes: ['mixer.rho'], grids: ['mixer.rho=0,0.1,0.3,0.5,0.7,0.9'], seeds: 1 };
const document = setParams(parseDocument(readFileSync(graphPath, 'utf8')), {
  'phantom.patients': 60,
  'expert.count': 6,
});

export const bench: Bench = {
  title:
    'Six cells of the rho ablation at a quarter of its size: one merged sweep against six cold runs',
  async run() {
    const rows: Row[] = [
      await compare({
        work: 'merged six cells',
        runs: 1,
        ours: () => inEmptyHome((home) => timeMs(() => runSweep(home))),
        peer: async () => {
          let total = 0;
          for (const { document: cell } of listCells(document, request)) {
            const graph = validateGraph(cell, registry);
            const place = { graphPath, packages: nodePackages, workerEntry };
            total += await inEmptyHome((home) => timeMs(() => startRun({ graph, home, ...place })));
          }
          return total;
        },
      }),
    ];
    return { rows, peer: 'radiograph run of each cell, alone, with an empty store' };
  },
};

async function runSweep(home: string): Promise<void> {
  const { result } = await startSweep({
    document,
    request,
    place: { home, graphPath, packages: nodePackages, workerEntry },
    executor: createLocalExecutor(),
    command: 'bench',
  });
  if (result.status !== 'done') throw new Error(`the sweep ended ${result.status}`);
}

async function inEmptyHome<T>(action: (home: string) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'radiograph-bench-'));
  try {
    return await action(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

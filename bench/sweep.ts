/** A sweep of six cells as one merged plan, against the six graphs run one by one, each with an empty store. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { applyVariants, parseDocument, printDocument, setParams } from '@radiograph/graph';
import { listCells } from '@radiograph/sweep';
import { type Bench, compare, timeMs } from './measure.ts';

const graphPath = resolve('examples/ablation/pseudo-label.graph.json');
const cli = fileURLToPath(new URL('../apps/runner/bin/radiograph.js', import.meta.url));

// The paper's choice of rho, with pseudo-labels of IRNet as in its semi-supervised arm: the saved graph with a sixth of its patients and
// of its expert masks and nothing else changed. Epochs, networks and batches are those of the graph, so what cells share (images,
// classifier, Grad-CAM, IRNet) and what is their own (a segmenter each) both take about a sixth of their time there.
const saved = parseDocument(readFileSync(graphPath, 'utf8'));
const document = setParams(applyVariants(saved, { pseudo: 'irnet' }), {
  'phantom.patients': 40,
  'expert.count': 4,
});
const grid = 'mixer.rho=0.1,0.3,0.5,0.7,0.9,1.0';
const request = { axes: ['mixer.rho'], grids: [grid], seeds: 1 };

export const bench: Bench = {
  title:
    'Six values of rho with pseudo-labels of IRNet, at a sixth of the size of the ablation: one merged sweep against six cold runs',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'radiograph-bench-'));
    const write = (name: string, content: typeof document) => {
      const path = join(folder, `${name}.graph.json`);
      writeFileSync(path, printDocument(content));
      return path;
    };
    const whole = write('whole', document);
    const cells = listCells(document, request).map((cell, i) => write(`cell-${i}`, cell.document));
    try {
      const row = await compare({
        work: 'merged six cells',
        runs: 1,
        ours: () => callCold(folder, ['sweep', whole, '--grid', grid, '--seeds', '1']),
        peer: async () => {
          let total = 0;
          for (const path of cells) total += await callCold(folder, ['run', path]);
          return total;
        },
      });
      return {
        rows: [row],
        peer: '`radiograph run` of each cell, one after another, each with an empty store',
        notes:
          'Both by the command line, from its start to its end; the sweep also compares its cells and writes its report.',
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const run = promisify(execFile);

/** Milliseconds of a command with a store of its own, which is removed. @throws if it fails. */
async function callCold(folder: string, args: readonly string[]): Promise<number> {
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = { ...process.env, RADIOGRAPH_HOME: home };
  const ms = await timeMs(() => run(process.execPath, [cli, ...args], { env }));
  rmSync(home, { recursive: true });
  return ms;
}

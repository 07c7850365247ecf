/** The process that is killed or interrupted: runs the graph in the home that it is given, events as JSONL to its standard output; `rarely`: no checkpoint but at the end. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, validateGraph } from '@radiograph/graph';
import { nodeTypesOf, startRun } from '@radiograph/runtime';
import { listenForCancel } from '../../apps/runner/src/terminal/listen-for-cancel.ts';
import { crashGraph, crashPackages } from './nodes.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const home = process.argv[2]!;
const isRare = process.argv[3] === 'rarely';
writeFileSync(join(home, 'runner.pid'), String(process.pid));
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); // a terminal that was closed
const packages = crashPackages(folder);
const graph = validateGraph(parseDocument(crashGraph), createRegistry(nodeTypesOf(packages)));
const { result } = await startRun({
  graph,
  graphPath: join(home, 'crash.graph.json'),
  home,
  packages,
  workerEntry: join(folder, 'worker.js'),
  jobs: 2,
  checkpointPace: { unit: 'offers', every: isRare ? 1_000_000 : 3 },
  signal: listenForCancel().signal,
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
process.exitCode = result.status === 'done' ? 0 : 1;

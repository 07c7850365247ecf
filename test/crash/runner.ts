/** The process that is killed: runs the graph in the home that it is given, events as JSONL to its standard output. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, validateGraph } from '@radiograph/graph';
import { nodeTypesOf, startRun } from '@radiograph/runtime';
import { crashGraph, crashPackages } from './nodes.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const home = process.argv[2]!;
const packages = crashPackages(folder);
const graph = validateGraph(parseDocument(crashGraph), createRegistry(nodeTypesOf(packages)));
const { result } = await startRun({
  graph,
  graphPath: join(home, 'crash.graph.json'),
  home,
  packages,
  workerEntry: join(folder, 'worker.js'),
  jobs: 2,
  checkpointPace: { unit: 'offers', every: 3 },
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});
process.exitCode = result.status === 'done' ? 0 : 1;

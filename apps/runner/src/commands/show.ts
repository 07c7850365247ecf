import { join, relative } from 'node:path';
import { listRuns, type RunDetails, type RunManifest, readRunDetails } from '@radiograph/runtime';
import { findHome } from '../open-graph.ts';
import { printBytes } from '../terminal/bytes.ts';
import { printDuration } from '../terminal/print-duration.ts';
import { printFacts } from '../terminal/progress-lines.ts';

/** `radiograph show [RUN]`: what a run did, step by step, and what it was made of; the latest by default. */
export async function showCommand(
  wanted: string,
  flags: { readonly json: boolean },
): Promise<number> {
  const home = findHome();
  const latest = wanted === 'latest' ? (await listRuns(home)).at(-1) : undefined;
  const run = await readRunDetails(home, latest ?? wanted);
  if (flags.json) console.log(JSON.stringify(run, null, 2));
  else for (const line of describeRun(run, relative(process.cwd(), home))) console.log(line);
  return 0;
}

function describeRun(run: RunDetails, home: string): string[] {
  const { runId, graph, status, seconds, manifest, error } = run;
  const took = seconds === null ? '' : ` in ${printDuration(seconds)}`;
  return [
    `${runId}  ${graph}  ${status}${took}`,
    ...describeSteps(run),
    ...(manifest === null ? [] : describeManifest(manifest)),
    `record: ${join(home, 'runs', runId)}`,
    ...(error === null ? [] : [`error: ${error}`]),
  ];
}

function describeSteps({ steps }: RunDetails): string[] {
  const width = Math.max(0, ...Object.keys(steps).map((id) => id.length));
  return Object.entries(steps).flatMap(([nodeId, step]) => {
    const { status, seconds, peakBytes, reason, outputs, facts = {} } = step;
    const time = status === 'ran' ? printDuration(seconds) : '';
    const memory = peakBytes === undefined ? '' : printBytes(peakBytes);
    return [
      `  ${nodeId.padEnd(width)}  ${status.padEnd(7)}  ${time.padStart(12)}  ${memory.padStart(7)}  ${reason}`,
      ...(Object.keys(facts).length === 0
        ? []
        : [`  ${' '.repeat(width)}    ${printFacts(facts)}`]),
      ...Object.entries(outputs).map(
        ([port, digest]) => `  ${' '.repeat(width)}    ${port} ${digest.slice(0, 12)}`,
      ),
    ];
  });
}

function describeManifest({ graph, engine, versions, machine, packages, nodes }: RunManifest) {
  const data = Object.entries(nodes).flatMap(([id, node]) =>
    Object.entries(node.data).map(
      ([path, digest]) => `  data ${id}: ${path}, sha256 ${digest.slice(0, 12)}`,
    ),
  );
  const seeded = Object.values(nodes).filter(({ seed }) => seed !== null).length;
  return [
    'made of',
    `  graph ${graph.path}, ${graph.bytes} bytes, sha256 ${graph.sha256.slice(0, 12)}`,
    `  seed ${graph.seed}, drawn from by ${seeded} of ${Object.keys(nodes).length} nodes`,
    `  engine ${engine.description}, ${engine.numerics}`,
    `  versions ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `  machine ${machine.cpu}, ${machine.cores} cores, ${printBytes(machine.memoryBytes)}, ${machine.platform} ${machine.arch}`,
    ...Object.entries(packages).map(([name, digest]) => `  code ${name}: ${digest.slice(0, 12)}`),
    ...data,
  ];
}

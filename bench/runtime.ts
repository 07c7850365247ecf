/** What the runtime costs beside the work of the nodes: per step, per plan, per cache hit, per start of the command. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, planGraph, validateGraph } from '@radiograph/graph';
import { nodePackages } from '../apps/runner/src/registry.ts';
import {
  nodeTypesOf,
  openServices,
  openStore,
  type RunEvent,
  startRun,
  summarizeRuns,
} from '../packages/runtime/src/index.ts';
import { openSourceDigests } from '../packages/runtime/src/sources/source-digest.ts';
import { buildPrograms } from '../test/build-programs.ts';
import { type Bench, median, type Row, round, rowOf, timeMs } from './measure.ts';
import { timeCancel } from './runtime/cancel.ts';
import { batchesGraph, noopGraph, noopPackages } from './runtime/nodes.ts';
import { peers } from './runtime/peers.ts';

const runs = 3;
const quickRuns = 9; // of what takes less than a tenth of a second
const stepCount = 500;
const fileCount = 200_000;
/** Peers that this machine lacks. */
const absent: string[] = [];
const root = fileURLToPath(new URL('..', import.meta.url));

type Place = { readonly folder: string; readonly programs: string };

/** A row against a budget: the peer is what the issue allows. */
function against(work: string, budgetMs: number, times: readonly number[]): Row {
  const ours = median(times);
  const ratio = round(ours / budgetMs);
  return {
    work: `${work} (peer: budget)`,
    ours: round(ours),
    peer: budgetMs,
    unit: 'ms',
    ratio,
    runs: times.length,
  };
}

async function repeat(action: (i: number) => Promise<number>, count = runs): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await action(i));
  return times;
}

function open(text: string, { folder, programs }: Place, home: string) {
  const packages = noopPackages(programs);
  const graph = validateGraph(parseDocument(text), createRegistry(nodeTypesOf(packages)));
  const at = join(folder, home);
  return {
    graph,
    graphPath: join(at, 'g.json'),
    home: at,
    packages,
    workerEntry: join(programs, 'worker.js'),
  };
}

/** Milliseconds from the first step's start to the last one's end, per step: what is computed is nothing. */
async function timeSteps(place: Place, home: string): Promise<number> {
  const times: number[] = [];
  const onEvent = ({ type }: RunEvent) => {
    if (type === 'step-started' || type === 'step-finished') times.push(performance.now());
  };
  const { result } = await startRun({ ...open(noopGraph(stepCount), place, home), onEvent });
  if (result.status !== 'done') throw new Error(`the no-op graph failed: ${result.error?.message}`);
  return (times.at(-1)! - times[0]!) / stepCount;
}

async function benchSteps(place: Place): Promise<Row[]> {
  execFileSync('sync'); // what was written before (an npm ci, say) would be waited for in ours and in the peers
  const ours = await repeat((i) => timeSteps(place, `steps-${i}`));
  const work = `one step of a no-op graph of ${stepCount}`;
  const rows = peers.flatMap(({ name, runs: count, time }) => {
    const times = Array.from({ length: count }, () => time(place.folder, stepCount));
    const known = times.filter((ms) => ms !== undefined);
    if (known.length === 0) absent.push(name);
    const row = { work: `${work} (peer: ${name})`, unit: 'ms', runs: known.length };
    return known.length === 0 ? [] : [rowOf({ ...row, ours: median(ours), peer: median(known) })];
  });
  return [against(work, 1, ours), ...rows];
}

async function benchPlans(place: Place): Promise<Row[]> {
  const whole = open(noopGraph(1000), place, 'plans');
  await startRun(whole);
  const cold = await repeat(async () => {
    const { services } = await openServices({ ...whole, home: join(place.folder, 'empty') });
    return timeMs(() => planGraph(whole.graph, services));
  }, quickRuns);
  const warm = await repeat(async () => {
    const { services } = await openServices(whole);
    return timeMs(() => planGraph(whole.graph, services));
  }, quickRuns);
  const store = openStore(whole.home);
  const { services } = await openServices(whole);
  const { steps } = await planGraph(whole.graph, services);
  const reused = steps.flatMap((step) => (step.type === 'reuse' ? [step] : []));
  const hits = await repeat(
    (i) =>
      timeMs(async () => {
        const record = await store.lookup(reused[i * 7]!.key);
        await store.get(Object.values(record!.outputs)[0]!);
      }),
    quickRuns,
  );
  return [
    against('plan of 1,000 nodes, nothing known', 50, cold),
    against('plan of 1,000 nodes, all reused', 50, warm),
    against('cache hit: record and artifact from disk', 2, hits),
  ];
}

async function benchCancel(place: Place): Promise<Row[]> {
  const time = (looks: boolean) =>
    repeat((i) => timeCancel(open(batchesGraph(looks), place, `cancel-${looks}-${i}`)));
  return [
    against('cancel between batches of 100 ms, to the end of the run', 500, await time(true)),
    against('cancel of a node that never looks: its worker is killed', 2000, await time(false)),
  ];
}

async function benchQuickstart({ folder }: Place): Promise<Row[]> {
  const graphPath = join(root, 'examples/quickstart.graph.json');
  const { openGraph } = await import('../apps/runner/src/open-graph.ts');
  const { graph } = await openGraph(graphPath);
  const home = join(folder, 'quickstart');
  const workerEntry = join(root, 'apps/runner/bin/worker.js');
  const options = { graph, graphPath, home, packages: nodePackages, workerEntry };
  const { result } = await startRun(options);
  if (result.status !== 'done') throw new Error(`quickstart failed: ${result.error?.message}`);
  return [
    against(
      'warm re-run of quickstart, in process',
      300,
      await repeat(() => timeMs(() => startRun(options))),
    ),
  ];
}

async function benchRuns({ folder }: Place): Promise<Row[]> {
  const home = join(folder, 'runs');
  for (let i = 0; i < 1000; i++) writeRun(home, i);
  return [
    against('list of 1,000 runs', 200, await repeat(() => timeMs(() => summarizeRuns(home)))),
  ];
}

function writeRun(home: string, i: number): void {
  const runId = `20260101-${String(i).padStart(9, '0')}-aaaa`;
  const at = join(home, 'runs', runId);
  const startedAt = '2026-01-01T00:00:00.000Z';
  const step = {
    status: 'ran',
    seconds: 1,
    reason: 'never run',
    outputs: { model: 'a'.repeat(64) },
  };
  const steps = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`node${n}`, step]));
  mkdirSync(at, { recursive: true });
  writeFileSync(
    join(at, 'run.json'),
    JSON.stringify({ runId, graph: 'g', graphPath: 'g', only: null, pid: 1, startedAt }),
  );
  writeFileSync(
    join(at, 'result.json'),
    JSON.stringify({
      runId,
      graph: 'g',
      status: 'done',
      seconds: 1,
      finishedAt: startedAt,
      steps,
      error: null,
    }),
  );
}

async function benchSources({ folder }: Place): Promise<Row[]> {
  const data = join(folder, 'data');
  const settled = new Date('2020-01-01T00:00:00Z');
  for (let i = 0; i < fileCount; i++) {
    if (i % 1000 === 0) mkdirSync(join(data, `p${i / 1000}`), { recursive: true });
    const path = join(data, `p${Math.floor(i / 1000)}`, `${i}.png`);
    writeFileSync(path, String(i));
    utimesSync(path, settled, settled);
  }
  const home = join(folder, 'sources');
  const first = openSourceDigests(home);
  await first.digest(data);
  await first.save();
  const times = await repeat(() => timeMs(() => openSourceDigests(home).digest(data)));
  return [against(`${fileCount.toLocaleString('en')} unchanged files checked`, 2000, times)];
}

async function benchStart(): Promise<Row[]> {
  const bin = join(root, 'apps/runner/bin/radiograph.js');
  execFileSync(process.execPath, [bin, 'nodes']); // what is translated once is kept on disk
  const times = await repeat(() =>
    timeMs(async () => execFileSync(process.execPath, [bin, 'nodes'])),
  );
  return [against('start of `radiograph nodes`', 400, times)];
}

function notes(): string {
  const missing = absent.length === 0 ? '' : ` Not installed here: ${absent.join(', ')}.`;
  return `Of our steps the time between the first's start and the last's end counts; of the peers also their own start. A step that took less than 50 ms does not wait for the disk: it outlives every process, and a power failure once the system has written it.${missing}`;
}

/** By the name that `npm run bench -- runtime NAME...` takes. */
const parts: Readonly<Record<string, (place: Place) => Promise<readonly Row[]>>> = {
  steps: benchSteps,
  plans: benchPlans,
  cancel: benchCancel,
  start: benchStart,
  runs: benchRuns,
  sources: benchSources,
  quickstart: benchQuickstart,
};

function chooseParts(names: readonly string[]) {
  const unknown = names.find((name) => parts[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`expected ${Object.keys(parts).join(', ')}, got ${unknown}`);
  return names.length === 0 ? Object.values(parts) : names.map((name) => parts[name]!);
}

/** The runtime's bench. */
export const bench: Bench = {
  title: 'What the runtime adds to the work of the nodes',
  async run() {
    const names = process.argv.slice(3);
    const chosen = chooseParts(names);
    const folder = mkdtempSync(join(tmpdir(), 'radiograph-bench-'));
    try {
      const source = fileURLToPath(new URL('./runtime', import.meta.url));
      const programs = await buildPrograms(source, ['worker'], join(folder, 'programs'));
      const place = { folder, programs };
      const rows: Row[] = [];
      for (const part of chosen) {
        const found = await part(place);
        process.stderr.write(found.map(({ work, ours }) => `${work}: ${ours} ms\n`).join(''));
        rows.push(...found);
      }
      const isPartial = names.length > 0;
      const peer = 'the budget of issue 5, or another runner of graphs';
      return { rows, peer, notes: notes(), isPartial };
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  },
};

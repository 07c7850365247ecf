/** The worker process: it runs node code, one job after another; the process that started it only listens. */
import { availableParallelism, freemem } from 'node:os';
import {
  createRegistry,
  type Plan,
  parseDocument,
  planGraph,
  validateGraph,
} from '@radiograph/graph';
import { type EngineName, openEngine, probeEngine, runOnEngine } from '@radiograph/tensor';
import type { CheckpointPace } from '../checkpoint/checkpoints.ts';
import type { NewEvent } from '../execute/events.ts';
import { execute, type Outcome } from '../execute/execute.ts';
import { reportError } from '../execute/report-error.ts';
import type { Sharding } from '../execute/shards.ts';
import { createImplementationDigests, type NodePackage } from '../sources/implementation-digest.ts';
import { endOfJob } from './forward-lines.ts';
import { outliveSignals } from './outlive-signals.ts';
import { nodeTypesOf, openServices, type Workplace } from './services.ts';

/** What a worker is asked to run. */
export type Job = {
  readonly text: string;
  readonly graphPath: string;
  readonly home: string;
  readonly only: readonly string[] | null;
  readonly checkpointPace: CheckpointPace;
  readonly engine: EngineName;
  /** null = all cores. */
  readonly threads: number | null;
  readonly sharding: Sharding | null;
  /** Steps at once. */
  readonly jobs: number;
  /** null = what is free when the run begins. */
  readonly memoryBytes: number | null;
};
export type ToWorker = { readonly type: 'start'; readonly job: Job } | { readonly type: 'cancel' };
export type FromWorker =
  | { readonly type: 'events'; readonly events: readonly NewEvent[] }
  | {
      readonly type: 'outcome';
      readonly outcome: Outcome;
      /** Resident memory when the job had ended. */
      readonly heldBytes: number;
    };

/** Serves the process that forked this one: runs the jobs that come, one at a time, until the channel is closed. */
export function serveWorker(packages: readonly NodePackage[]): void {
  // Of the code that this process has loaded: sources that change later are not what it runs.
  const implementation = createImplementationDigests(packages);
  let current: AbortController | undefined;
  // Where the channel is closed nobody listens any more; the run is kept all the same.
  const send = (message: FromWorker) => process.connected && process.send?.(message, () => {});
  outliveSignals(() => current?.abort());
  // If the parent dies, nobody listens and nobody could cancel: stop at the next progress call.
  process.on('disconnect', () => current?.abort());
  process.on('message', (message: ToWorker) => {
    if (message.type === 'cancel') current?.abort();
    else void serve(message.job);
  });
  const serve = async (job: Job): Promise<void> => {
    current = new AbortController();
    const { signal } = current;
    const { emit, flush } = gatherEvents((events) => send({ type: 'events', events }));
    const outcome = await runJob(job, { packages, implementation, signal, emit });
    flush();
    current = undefined;
    for (const stream of [process.stdout, process.stderr]) stream.write(`\n${endOfJob}\n`);
    send({ type: 'outcome', outcome, heldBytes: heldBytes() });
  };
}

/** Short steps would spend more on messages than on their work: the end of one goes with the start of the next. */
function gatherEvents(send: (events: readonly NewEvent[]) => void) {
  let waiting: NewEvent[] = [];
  const flush = (): void => {
    if (waiting.length > 0) send(waiting);
    waiting = [];
  };
  const emit = (event: NewEvent): void => {
    waiting.push(event);
    if (event.type === 'step-started')
      flush(); // its node may end the process
    else if (waiting.length === 1) setImmediate(flush);
  };
  return { emit, flush };
}

type Channel = { readonly signal: AbortSignal; readonly emit: (event: NewEvent) => void };
type Code = Pick<Workplace, 'packages' | 'implementation'>;

async function runJob(
  job: Job,
  { packages, implementation, ...channel }: Code & Channel,
): Promise<Outcome> {
  try {
    const document = parseDocument(job.text);
    const { data } = document;
    const { store, services, resolvePath, save } = await openServices({
      ...job,
      data,
      packages,
      implementation,
    });
    const part = job.only === null ? {} : { only: job.only };
    const graph = validateGraph(document, createRegistry(nodeTypesOf(packages)), part);
    const plan = await planGraph(graph, services, part);
    const threads = job.threads ?? availableParallelism();
    const { home, checkpointPace, sharding, jobs } = job;
    const memoryBytes = job.memoryBytes ?? freeMemory();
    const limits = { threads, jobs, memoryBytes };
    const place = { home, checkpointPace, services, store, resolvePath };
    const surroundings = { ...place, ...limits, ...(sharding === null ? {} : { sharding }) };
    const engine = openEngine(job.engine);
    if (computes(plan)) await probeEngine(engine);
    const outcome = await runOnEngine(engine, () => execute(plan, { ...surroundings, ...channel }));
    await save();
    return outcome;
  } catch (error) {
    return { status: 'failed', error: reportError(error) };
  }
}

/** Whether a step will ask the engine for numbers. */
function computes({ graph, steps }: Plan): boolean {
  const running = new Set(steps.filter(({ type }) => type === 'run').map(({ nodeId }) => nodeId));
  return graph.nodes.some(({ id, type }) => running.has(id) && type.uses?.includes('engine'));
}

/** Where /proc is not mounted, the most that the process ever held: then it serves one run less. */
function heldBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

/** Bytes that this machine, or the container around the process, has available. Node before 22 knows the machine's alone, as every version does where /proc is not mounted. */
const freeMemory = (): number => process.availableMemory?.() || freemem();

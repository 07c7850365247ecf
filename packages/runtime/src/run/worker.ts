/** The worker process: one per run. It runs node code; the process that started it only listens. */
import { availableParallelism, freemem } from 'node:os';
import { createRegistry, parseDocument, planGraph, validateGraph } from '@radiograph/graph';
import { type EngineName, openEngine, runOnEngine } from '@radiograph/tensor';
import type { CheckpointPace } from '../checkpoint/checkpoints.ts';
import type { NewEvent } from '../execute/events.ts';
import { execute, type Outcome } from '../execute/execute.ts';
import { reportError } from '../execute/report-error.ts';
import type { Sharding } from '../execute/shards.ts';
import type { NodePackage } from '../sources/implementation-digest.ts';
import { nodeTypesOf, openServices } from './services.ts';

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
  | { readonly type: 'event'; readonly event: NewEvent }
  | { readonly type: 'outcome'; readonly outcome: Outcome };

/** Serves the process that forked this one: waits for a job, runs it, sends events and the outcome, and exits. */
export function serveWorker(packages: readonly NodePackage[]): void {
  const canceled = new AbortController();
  const send = (message: FromWorker) => process.send?.(message);
  // If the parent dies, nobody listens and nobody could cancel: stop at the next progress call.
  process.on('disconnect', () => canceled.abort());
  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'cancel':
        canceled.abort();
        return;
      case 'start':
        void runJob(message.job, packages, {
          signal: canceled.signal,
          emit: (event) => send({ type: 'event', event }),
        }).then((outcome) =>
          process.send?.({ type: 'outcome', outcome } satisfies FromWorker, () => {
            if (process.connected) process.disconnect(); // a parent that was killed has done so
          }),
        );
    }
  });
}

type Channel = { readonly signal: AbortSignal; readonly emit: (event: NewEvent) => void };

async function runJob(
  job: Job,
  packages: readonly NodePackage[],
  channel: Channel,
): Promise<Outcome> {
  try {
    const document = parseDocument(job.text);
    const { data } = document;
    const { store, services, resolvePath, save } = await openServices({ ...job, data, packages });
    const graph = validateGraph(document, createRegistry(nodeTypesOf(packages)));
    const plan = await planGraph(graph, services, job.only === null ? {} : { only: job.only });
    const threads = job.threads ?? availableParallelism();
    const { home, checkpointPace, sharding, jobs } = job;
    const memoryBytes = job.memoryBytes ?? freeMemory();
    const limits = { threads, jobs, memoryBytes };
    const place = { home, checkpointPace, services, store, resolvePath };
    const surroundings = { ...place, ...limits, ...(sharding === null ? {} : { sharding }) };
    const outcome = await runOnEngine(openEngine(job.engine), () =>
      execute(plan, { ...surroundings, ...channel }),
    );
    await save();
    return outcome;
  } catch (error) {
    return { status: 'failed', error: reportError(error) };
  }
}

/** Bytes that this machine, or the container around the process, has available. Node before 22 knows the machine's alone. */
const freeMemory = (): number => process.availableMemory?.() ?? freemem();

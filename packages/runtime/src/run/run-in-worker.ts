/** Forks the worker of a run, passes its events on, cancels it, and says how it died. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { printDocument } from '@radiograph/graph';
import { defaultPace } from '../checkpoint/checkpoints.ts';
import type { ErrorReport, NewEvent } from '../execute/events.ts';
import type { Outcome } from '../execute/execute.ts';
import { forwardLines } from './forward-lines.ts';
import type { RunOptions } from './start-run.ts';
import type { FromWorker, Job, ToWorker } from './worker.ts';

const defaultGraceMs = 2000;
const defaultJobs = 2; // node code shares a thread: more would mostly hold more memory

/** Runs a graph in a process of its own. Never throws: a death is an outcome. */
export function runInWorker(
  options: RunOptions,
  emit: (event: NewEvent) => void,
): Promise<Outcome> {
  const { graph, graphPath, home, signal, graceMs = defaultGraceMs } = options;
  const { only = null, checkpointPace = defaultPace, engine = 'ort', threads = null } = options;
  const { jobs = defaultJobs, memoryBytes = null, sharding = null } = options;
  const text = printDocument(graph.document);
  const limits = { threads, jobs, memoryBytes };
  const job: Job = { text, graphPath, home, only, checkpointPace, engine, sharding, ...limits };
  const worker = fork(options.workerEntry, [], {
    execArgv: [...(options.workerArguments ?? [])],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const stopListening = cancelOnAbort(worker, { signal, graceMs });
  return new Promise((resolve) => {
    let outcome: Outcome | undefined;
    const running = new Set<string>();
    let latest: string | undefined;
    const printed = (line: string) => {
      // Of several the one that began last, for nobody can tell; pipes are slower than events, so perhaps one that has ended.
      const nodeId = [...running].at(-1) ?? latest;
      if (nodeId === undefined) process.stderr.write(`${line}\n`);
      else emit({ type: 'step-log', nodeId, message: line });
    };
    forwardLines(worker.stdout, printed);
    forwardLines(worker.stderr, printed);
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'outcome') outcome = message.outcome;
      else {
        followRunning(running, message.event);
        latest = [...running].at(-1) ?? latest;
        emit(message.event);
      }
    });
    worker.on('error', ({ message }) => {
      if (worker.pid !== undefined) return; // a message that could not be sent: its exit tells why
      const error: ErrorReport = { code: 'internal', message: `internal: no worker: ${message}` };
      resolve({ status: 'failed', error });
    });
    // All messages have come when the channel is closed; both, because either may be first.
    const closed = new Promise<void>((done) => worker.once('disconnect', done));
    worker.once('exit', (code, killedBy) => {
      void Promise.race([Promise.all([closed, drained(worker)]), sleep(drainMs)]).then(() => {
        stopListening();
        const canceled = signal?.aborted === true;
        resolve(outcome ?? explainDeath({ code, killedBy, running, canceled }));
      });
    });
    worker.send({ type: 'start', job } satisfies ToWorker);
  });
}

function followRunning(running: Set<string>, event: NewEvent): void {
  if (event.type === 'step-started') running.add(event.nodeId);
  if (event.type === 'step-finished' || event.type === 'step-failed') running.delete(event.nodeId);
}

const drainMs = 500; // a process that a node left behind may hold the pipes open for ever

/** When both pipes have been read to their end. */
function drained({ stdout, stderr }: ChildProcess): Promise<unknown> {
  return Promise.all([stdout, stderr].map((stream) => stream?.closed || once(stream!, 'close')));
}

type Canceling = { readonly signal: AbortSignal | undefined; readonly graceMs: number };

function cancelOnAbort(worker: ChildProcess, { signal, graceMs }: Canceling): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    if (worker.connected) worker.send({ type: 'cancel' } satisfies ToWorker);
    timer = setTimeout(() => worker.kill('SIGKILL'), graceMs);
  };
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  };
}

const deathHints: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: ' (often: out of memory; try a smaller batchSize or size)',
  SIGABRT: ' (its heap was full, or native code gave up: see the log of the node)',
  SIGSEGV: ' (native code crashed: see `radiograph doctor` for the versions in use)',
};

type Death = {
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
  readonly running: ReadonlySet<string>;
  readonly canceled: boolean;
};

function explainDeath({ code, killedBy, running, canceled }: Death): Outcome {
  if (canceled)
    return { status: 'canceled', error: { code: 'canceled', message: 'canceled by the user' } };
  const how = killedBy === null ? `exited with code ${code}` : `was killed by ${killedBy}`;
  const hint = (killedBy !== null && deathHints[killedBy]) || '';
  const place = running.size === 0 ? 'worker' : [...running].join(', ');
  const error: ErrorReport = {
    code: 'node',
    message: `${place}: the worker process ${how}${hint}; finished steps are kept, run again to continue`,
  };
  return { status: 'failed', error };
}

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

/** Runs a graph in a process of its own. Never throws: a death is an outcome. */
export function runInWorker(
  options: RunOptions,
  emit: (event: NewEvent) => void,
): Promise<Outcome> {
  const { graph, graphPath, home, signal, graceMs = defaultGraceMs } = options;
  const { only = null, checkpointPace = defaultPace, engine = 'ort', threads = null } = options;
  const { sharding = null } = options;
  const text = printDocument(graph.document);
  const job: Job = { text, graphPath, home, only, checkpointPace, engine, threads, sharding };
  const worker = fork(options.workerEntry, [], {
    execArgv: [...(options.workerArguments ?? [])],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const stopListening = cancelOnAbort(worker, { signal, graceMs });
  return new Promise((resolve) => {
    let outcome: Outcome | undefined;
    let running: string | undefined;
    const printed = (line: string) => {
      if (running === undefined) process.stderr.write(`${line}\n`);
      else emit({ type: 'step-log', nodeId: running, message: line });
    };
    forwardLines(worker.stdout, printed);
    forwardLines(worker.stderr, printed);
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'outcome') outcome = message.outcome;
      else {
        if (message.event.type === 'step-started') running = message.event.nodeId;
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
  readonly running: string | undefined;
  readonly canceled: boolean;
};

function explainDeath({ code, killedBy, running, canceled }: Death): Outcome {
  if (canceled)
    return { status: 'canceled', error: { code: 'canceled', message: 'canceled by the user' } };
  const how = killedBy === null ? `exited with code ${code}` : `was killed by ${killedBy}`;
  const hint = (killedBy !== null && deathHints[killedBy]) || '';
  const place = running === undefined ? 'worker' : running;
  const error: ErrorReport = {
    code: 'node',
    message: `${place}: the worker process ${how}${hint}; finished steps are kept, run again to continue`,
  };
  return { status: 'failed', error };
}

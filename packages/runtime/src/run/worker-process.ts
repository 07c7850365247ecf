/** A worker process: forked once, serves one job after another, and says how it died. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NewEvent } from '../execute/events.ts';
import type { Outcome } from '../execute/execute.ts';
import { forwardLines } from './forward-lines.ts';
import type { FromWorker, Job, ToWorker } from './worker.ts';

/** The program of a worker. */
export type WorkerCode = {
  /** A JavaScript file that calls `serveWorker` with the same packages. */
  readonly workerEntry: string;
  /** For Node.js, before the file. */
  readonly workerArguments?: readonly string[];
  /** On top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
};

/** How a process ended; `unborn`: it never began. */
export type Death =
  | {
      readonly type: 'exit';
      readonly code: number | null;
      readonly killedBy: NodeJS.Signals | null;
    }
  | { readonly type: 'unborn'; readonly message: string };

/** What came of a job. `heldBytes`: the resident memory of the process after it. */
export type Served =
  | { readonly type: 'outcome'; readonly outcome: Outcome; readonly heldBytes: number }
  | { readonly type: 'death'; readonly death: Death };

/** A job, and who hears of it. */
export type Serving = {
  readonly job: Job;
  readonly onEvent: (event: NewEvent) => void;
  /** What node code or native code prints. */
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal | undefined;
  /** How long a canceled process may take to stop by itself; asked when it is canceled. */
  readonly graceMs: () => number;
};

/** A process that serves one job at a time. It owns the process: close it. */
export type WorkerProcess = {
  readonly isAlive: () => boolean;
  /** Jobs that it has served. */
  readonly served: () => number;
  /** Never rejects: a death is a result. */
  readonly serve: (serving: Serving) => Promise<Served>;
  /** Lets the process end, and kills it where it does not. */
  readonly close: () => Promise<void>;
};

const closeMs = 2000;

/** Starts a worker process. */
export function forkWorker({
  workerEntry,
  workerArguments = [],
  environment = {},
}: WorkerCode): WorkerProcess {
  const child = fork(workerEntry, [], {
    env: { ...process.env, ...environment },
    execArgv: [...workerArguments],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const died = awaitDeath(child);
  let onLine: Serving['onLine'] = (line) => process.stderr.write(`${line}\n`);
  const printed = [child.stdout, child.stderr].map((stream) =>
    forwardLines(stream, (line) => onLine(line)),
  );
  let served = 0;
  return {
    isAlive: () => child.connected,
    served: () => served,
    serve(serving) {
      onLine = serving.onLine;
      // Pipes are slower than messages: a job has ended when what it printed has been read, too.
      const marked = Promise.all(printed.map(({ nextMark }) => nextMark()));
      return serveJob(child, { ...serving, died, marked }).finally(() => served++);
    },
    async close() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), closeMs);
      await died;
      clearTimeout(timer);
    },
  };
}

const drainMs = 500; // a process that a node left behind may hold the pipes open for ever

type Listening = Serving & {
  readonly died: Promise<Death>;
  readonly marked: Promise<unknown>;
};

function serveJob(
  child: ChildProcess,
  { job, onEvent, signal, graceMs, died, marked }: Listening,
): Promise<Served> {
  return new Promise((resolve) => {
    const listen = (message: FromWorker) => {
      if (message.type === 'events') return message.events.forEach(onEvent);
      const { outcome, heldBytes } = message;
      const read = Promise.race([marked, sleep(drainMs, undefined, { ref: false })]);
      void read.then(() => finish({ type: 'outcome', outcome, heldBytes }));
    };
    child.on('message', listen);
    child.send({ type: 'start', job } satisfies ToWorker);
    const stopListening = cancelOnAbort(child, { signal, graceMs });
    const finish = (served: Served) => {
      child.off('message', listen);
      stopListening();
      resolve(served);
    };
    void died.then((death) => finish({ type: 'death', death }));
  });
}

/** When a process has ended, and all that it sent and printed has been read. */
function awaitDeath(child: ChildProcess): Promise<Death> {
  return new Promise((resolve) => {
    child.on('error', ({ message }) => {
      if (child.pid === undefined) resolve({ type: 'unborn', message });
      // else a message that could not be sent: its exit tells why
    });
    // All messages have come when the channel is closed; both, because either may be first.
    const closed = new Promise<void>((done) => child.once('disconnect', done));
    child.once('exit', (code, killedBy) => {
      void Promise.race([Promise.all([closed, drained(child)]), sleep(drainMs)]).then(() =>
        resolve({ type: 'exit', code, killedBy }),
      );
    });
  });
}

/** When both pipes have been read to their end. */
function drained({ stdout, stderr }: ChildProcess): Promise<unknown> {
  return Promise.all([stdout, stderr].map((stream) => stream?.closed || once(stream!, 'close')));
}

type Canceling = Pick<Serving, 'signal' | 'graceMs'>;

function cancelOnAbort(child: ChildProcess, { signal, graceMs }: Canceling): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    if (child.connected) child.send({ type: 'cancel' } satisfies ToWorker);
    timer = setTimeout(() => child.kill('SIGKILL'), graceMs());
  };
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  };
}

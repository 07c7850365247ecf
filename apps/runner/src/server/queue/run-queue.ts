/** Runs wait here and start one after another. The queue is kept on disk: it survives the server. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Graph, RadiographError } from '@radiograph/graph';
import {
  type RunEvent,
  readTextIfPresent,
  reportError,
  startRun,
  writeDurably,
} from '@radiograph/runtime';
import { z } from 'zod';

/** A run that waits or is running. */
export const QueuedRun = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** The graph file, relative to the workspace. */
  path: z.string(),
  text: z.string(),
  only: z.array(z.string()).nullable(),
  addedAt: z.string(),
  status: z.enum(['waiting', 'running', 'canceling']),
  /** The record, once it has begun. */
  runId: z.string().nullable(),
});
export type QueuedRun = z.infer<typeof QueuedRun>;

/** The queue as it is kept and shown. Paused: what runs goes on, nothing new starts. */
export const QueueState = z.strictObject({ isPaused: z.boolean(), runs: z.array(QueuedRun) });
export type QueueState = z.infer<typeof QueueState>;

export type QueueChange =
  | { readonly type: 'queue'; readonly queue: QueueState }
  | { readonly type: 'run'; readonly runId: string; readonly event: RunEvent }
  | { readonly type: 'run-refused'; readonly name: string; readonly message: string };

export type QueueOptions = {
  readonly home: string;
  readonly open: (run: QueuedRun) => Promise<{ readonly graph: Graph; readonly graphPath: string }>;
  readonly start: Pick<Parameters<typeof startRun>[0], 'packages' | 'workerEntry'>;
  readonly onChange: (change: QueueChange) => void;
};

const graceMs = 2000; // a node that does not look at the signal is killed after this

type Active = { readonly canceler: AbortController; readonly done: Promise<void> };

/** The queue of a `.radiograph` folder; owns the worker process of the run that is going on. */
export class RunQueue {
  readonly #options: QueueOptions;
  readonly #state: QueueState;
  readonly #running = new Map<string, Active>();
  #isClosing = false;
  #lastSave: Promise<void> = Promise.resolve();

  private constructor(options: QueueOptions, state: QueueState) {
    this.#options = options;
    this.#state = state;
  }

  /** Opens the queue. What ran when the server died goes on where it was: finished steps are reused. */
  static async open(options: QueueOptions): Promise<RunQueue> {
    const queue = new RunQueue(options, await readState(queuePath(options)));
    queue.#startNext();
    return queue;
  }

  state(): QueueState {
    return structuredClone(this.#state);
  }

  async add(run: Pick<QueuedRun, 'name' | 'path' | 'text' | 'only'>): Promise<QueuedRun> {
    const added: QueuedRun = {
      ...run,
      id: randomUUID(),
      addedAt: new Date().toISOString(),
      status: 'waiting',
      runId: null,
    };
    this.#state.runs.push(added);
    await this.#changed();
    return structuredClone(added);
  }

  /** Takes a waiting run out; asks a running one to stop at its next batch. False if there is none of this id or run id. */
  async cancel(wanted: string): Promise<boolean> {
    const run = this.#state.runs.find(({ id, runId }) => id === wanted || runId === wanted);
    if (run === undefined) return false;
    const active = this.#running.get(run.id);
    if (active === undefined) this.#remove(run);
    else {
      run.status = 'canceling';
      active.canceler.abort();
    }
    await this.#changed();
    return true;
  }

  async pause(isPaused: boolean): Promise<void> {
    this.#state.isPaused = isPaused;
    await this.#changed();
  }

  /** Moves a waiting run to a place among those that wait, 0 being next. False if none of this id waits. */
  async move(id: string, place: number): Promise<boolean> {
    const run = this.#state.runs.find((queued) => queued.id === id && queued.status === 'waiting');
    if (run === undefined) return false;
    const others = this.#state.runs.filter((queued) => queued !== run);
    const active = others.filter(({ status }) => status !== 'waiting').length;
    this.#state.runs = others.toSpliced(active + place, 0, run);
    await this.#changed();
    return true;
  }

  /** Cancels what runs and waits until it has stopped; it stays queued for the next start. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const active = [...this.#running.values()];
    for (const { canceler } of active) canceler.abort();
    await Promise.all(active.map(({ done }) => done));
    await this.#lastSave;
  }

  #startNext(): void {
    const next = this.#state.runs.find(({ status }) => status === 'waiting');
    const isFree = !this.#isClosing && !this.#state.isPaused && this.#running.size === 0;
    if (!isFree || next === undefined) return;
    next.status = 'running';
    const canceler = new AbortController();
    const done = runOne(next, this.#options, canceler.signal, () => this.#save()).then(async () => {
      this.#running.delete(next.id);
      if (this.#isClosing && next.status === 'running') next.status = 'waiting';
      else this.#remove(next);
      await this.#changed();
    });
    this.#running.set(next.id, { canceler, done });
  }

  #remove(run: QueuedRun): void {
    this.#state.runs = this.#state.runs.filter((other) => other !== run);
  }

  #changed(): Promise<void> {
    this.#startNext();
    return this.#save();
  }

  /** Writes follow one another, so that an older state never replaces a newer one. */
  #save(): Promise<void> {
    this.#options.onChange({ type: 'queue', queue: this.state() });
    const text = `${JSON.stringify(this.#state, null, 2)}\n`;
    this.#lastSave = this.#lastSave.then(() => writeDurably(queuePath(this.#options), text));
    return this.#lastSave;
  }
}

const queuePath = ({ home }: QueueOptions) => join(home, 'queue.json');

async function runOne(
  run: QueuedRun,
  { open, start, home, onChange }: QueueOptions,
  signal: AbortSignal,
  save: () => Promise<void>,
): Promise<void> {
  try {
    const { graph, graphPath } = await open(run);
    const onEvent = (event: RunEvent) => {
      if (event.type === 'run-started') {
        run.runId = event.runId;
        void save();
      }
      onChange({ type: 'run', runId: run.runId ?? run.id, event });
    };
    const only = run.only === null ? {} : { only: run.only };
    await startRun({ graph, graphPath, home, ...start, ...only, onEvent, signal, graceMs });
  } catch (error) {
    const { message } = reportError(error);
    onChange({ type: 'run-refused', name: run.name, message });
    if (!(error instanceof RadiographError)) process.stderr.write(`${message}\n`);
  }
}

async function readState(path: string): Promise<QueueState> {
  const text = await readTextIfPresent(path);
  if (text === undefined) return { isPaused: false, runs: [] };
  const state = QueueState.parse(JSON.parse(text));
  const runs = state.runs
    .filter(({ status }) => status !== 'canceling')
    .map((run) => ({ ...run, status: 'waiting' as const, runId: null }));
  return { ...state, runs };
}

/** Takes entries from a queue and runs them, one at a time; several runners may share a queue. */
import { createRegistry, parseDocument, RadiographError, validateGraph } from '@radiograph/graph';
import { type Eviction, keepWithin } from '../cache/keep-within.ts';
import type { RunEvent } from '../execute/events.ts';
import { reportError } from '../execute/report-error.ts';
import { nodeTypesOf } from '../run/services.ts';
import { type FinishedRun, type RunOptions, startRun } from '../run/start-run.ts';
import type { QueueEntry, QueueState, Standing } from './entry.ts';
import { openQueueFiles, type Queue, type QueueFiles, readState } from './queue.ts';
import { recover } from './recover.ts';
import { announceRunner } from './runner-file.ts';

/** What a runner tells, in order: the queue before the events of the run that it took. */
export type QueueChange =
  | { readonly type: 'queue'; readonly queue: QueueState }
  | { readonly type: 'run'; readonly runId: string; readonly event: RunEvent }
  | { readonly type: 'run-refused'; readonly name: string; readonly message: string };

export type RunnerOptions = Pick<
  RunOptions,
  'packages' | 'workerEntry' | 'workerArguments' | 'graceMs' | 'maxCacheBytes'
> & {
  readonly queue: Queue;
  readonly onChange: (change: QueueChange) => void;
  readonly onFinish?: (run: FinishedRun) => void;
  /** Told after each run where `maxCacheBytes` is given. */
  readonly onEvict?: (eviction: Eviction) => void;
  /** Ends when nothing is left that it could start; default it waits for more. */
  readonly untilEmpty?: boolean;
};

const lookMs = 100;

type Announced = Awaited<ReturnType<typeof announceRunner>>;
type Taken = {
  readonly standing: Standing;
  readonly entry: QueueEntry;
  readonly self: Announced;
  readonly signal: AbortSignal;
};
type Active = {
  readonly standing: Standing;
  readonly canceler: AbortController;
  readonly done: Promise<void>;
};

/** A runner; owns the worker process of the run that is going on. */
export class QueueRunner {
  readonly #options: RunnerOptions;
  readonly #files: QueueFiles;
  readonly #loop: Promise<void>;
  /** Announced with the first entry: who only looks writes nothing. */
  #self: Announced | undefined;
  #active: Active | undefined;
  #isClosing = false;
  #shown = '';
  #fault = '';
  #isAwake = false;
  #endRest = () => {};

  /** Starts a runner. What a dead one had goes on where it was: finished steps are reused. */
  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#files = openQueueFiles(options.queue.home);
    this.#loop = this.#serve();
  }

  /** When the runner has ended: after `close`, or `untilEmpty`. */
  get ended(): Promise<void> {
    return this.#loop;
  }

  /** Cancels what runs and waits until it has stopped; it is put back in line. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#active?.canceler.abort();
    this.#wake();
    await this.#loop;
  }

  async #serve(): Promise<void> {
    const stopWatching = this.#options.queue.watch(() => this.#wake());
    try {
      while (await this.#lookOrExplain()) await this.#rest();
    } finally {
      stopWatching();
      await this.#active?.done;
      await this.#self?.leave();
    }
  }

  /** A disk that fails for a while must not end a server: it is said once, and looked at again. */
  async #lookOrExplain(): Promise<boolean> {
    try {
      return await this.#look();
    } catch (error) {
      if (this.#options.untilEmpty === true) throw error;
      const { message } = reportError(error);
      if (message !== this.#fault) process.stderr.write(`queue: ${message}\n`);
      this.#fault = message;
      return !this.#isClosing;
    }
  }

  #wake(): void {
    this.#isAwake = true;
    this.#endRest();
  }

  async #rest(): Promise<void> {
    const timer = setTimeout(() => this.#wake(), lookMs);
    if (!this.#isAwake) await new Promise<void>((resolve) => (this.#endRest = resolve));
    clearTimeout(timer);
    this.#isAwake = false;
  }

  /** Sees what changed, and starts what is next if nothing runs. False when there is no more to do. */
  async #look(): Promise<boolean> {
    if (this.#active !== undefined) await this.#heed(this.#active);
    else if (this.#isClosing) return false;
    else {
      await recover(this.#files);
      const isIdle = !(await this.#startNext());
      if (isIdle && this.#options.untilEmpty === true) return false;
    }
    await this.#show();
    return true;
  }

  async #startNext(): Promise<boolean> {
    if (await this.#files.isPaused()) return false;
    for (const waiting of await this.#files.list()) {
      if (waiting.status !== 'waiting') continue;
      this.#self ??= await announceRunner(this.#files.folder);
      const entry = await this.#files.read(waiting).catch(() => undefined);
      const taken = { status: 'running', runner: this.#self.token } as const;
      if (entry === undefined || !(await this.#files.change(waiting, taken))) continue; // another was faster
      this.#begin({ ...waiting, ...taken }, entry, this.#self);
      return true;
    }
    return false;
  }

  #begin(standing: Standing, entry: QueueEntry, self: Announced): void {
    const canceler = new AbortController();
    const done = this.#run({ standing, entry, self, signal: canceler.signal }).finally(() => {
      this.#active = undefined;
      this.#wake();
    });
    this.#active = { standing, canceler, done };
  }

  /** Stops a run that somebody cancels, or whose entry was taken away because we seemed dead. */
  async #heed({ standing, canceler }: Active): Promise<void> {
    const now = (await this.#files.list()).find(({ id }) => id === standing.id);
    if (now?.status !== 'running' || now.runner !== standing.runner) canceler.abort();
  }

  async #run(taken: Taken): Promise<void> {
    const { onChange, onFinish } = this.#options;
    let status = 'failed';
    try {
      const finished = await this.#startRun(taken);
      status = finished.result.status;
      onFinish?.(finished);
    } catch (error) {
      const { message } = reportError(error);
      onChange({ type: 'run-refused', name: taken.entry.name, message });
      if (!(error instanceof RadiographError)) process.stderr.write(`${message}\n`);
    }
    await this.#leave(taken.standing, status);
    await taken.self.tell(null);
    const { maxCacheBytes: maxBytes, packages, queue, onEvict } = this.#options;
    // Only now: while its entry is in the queue, what it made is wanted.
    if (maxBytes === undefined) return;
    const eviction = await keepWithin({ home: queue.home, maxBytes, packages });
    onEvict?.(eviction);
  }

  /** Events wait until the queue has been shown with the id of their run. */
  async #startRun({ entry, self, signal }: Taken): Promise<FinishedRun> {
    const { packages, onChange } = this.#options;
    const { text, graphPath, engine, only } = entry;
    const choice = only === null ? {} : { only };
    const registry = createRegistry(nodeTypesOf(packages));
    const graph = validateGraph(parseDocument(text), registry, choice);
    let told = Promise.resolve();
    let runId = entry.id;
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'run-started') {
        runId = event.runId;
        told = told.then(() => self.tell(event.runId)).then(() => this.#show());
      }
      told = told.then(() => onChange({ type: 'run', runId, event }));
    };
    const { workerEntry, workerArguments = [], graceMs, queue } = this.#options;
    const grace = graceMs === undefined ? {} : { graceMs };
    const place = { graph, graphPath, home: queue.home, packages, workerEntry, workerArguments };
    const finished = await startRun({ ...place, ...choice, engine, onEvent, signal, ...grace });
    await told;
    return finished;
  }

  /** What was stopped because the runner closes waits again; all else is done with. */
  async #leave(standing: Standing, status: string): Promise<void> {
    const goesBack = this.#isClosing && status === 'canceled';
    if (goesBack && (await this.#files.change(standing, { status: 'waiting', runner: '' }))) return;
    const canceling = { ...standing, status: 'canceling' } as const;
    if (!(await this.#files.drop(standing))) await this.#files.drop(canceling);
  }

  /** Tells the queue if it differs from what was told last. */
  async #show(): Promise<void> {
    const queue = await readState(this.#files);
    const text = JSON.stringify(queue);
    if (text !== this.#shown) this.#options.onChange({ type: 'queue', queue });
    this.#shown = text;
  }
}

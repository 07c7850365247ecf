/**
 * Runs outside the canvas's nodes: an event changes one step here, and only what shows that step renders again.
 * The server's stream resumes after its last id; what was missed all the same is read from the run's own events.
 */
import type { ActivityMessage, QueueState, RunSummary } from '@radiograph/api';
import { createStore, useStore } from 'zustand';
import { checkNow } from '../checks/checks-store.ts';
import { documentStore } from '../document/document-store.ts';
import { listenToActivity } from '../server/activity.ts';
import { server } from '../server/client.ts';
import { announce } from '../shell/announce.ts';
import { emptyRun, type RunState, type StepState, takeEvent } from './run-state.ts';

export type RunsState = {
  readonly queue: QueueState;
  /** Newest first. */
  readonly history: readonly RunSummary[];
  /** Runs whose events were read. */
  readonly runs: ReadonlyMap<string, RunState>;
  /** The run that the canvas shows: the newest of the open file, or one that was asked for. */
  readonly shownId: string | null;
};

const nothing: RunsState = {
  queue: { isPaused: false, runs: [] },
  history: [],
  runs: new Map(),
  shownId: null,
};
export const runsStore = createStore<RunsState>(() => nothing);

/** Reads a part of the runs; renders again when it changes. */
export const useRuns = <T>(select: (state: RunsState) => T): T => useStore(runsStore, select);

/** The run that the canvas shows. */
export const shownRun = ({ runs, shownId }: RunsState): RunState | undefined =>
  shownId === null ? undefined : runs.get(shownId);

/** How a node stands in the run that the canvas shows. */
export const useStep = (nodeId: string): StepState | undefined =>
  useRuns((state) => shownRun(state)?.steps.get(nodeId));

/** The entry of the queue that runs or is being canceled, for the open file. */
export const useActiveEntry = () => {
  const path = useStore(documentStore, ({ file }) => file.path);
  return useRuns(({ queue }) => queue.runs.find((run) => run.path === path));
};

/** Shows a run on the canvas; reads its events first. */
export async function showRun(runId: string): Promise<void> {
  await catchUp(runId);
  runsStore.setState({ shownId: runId });
}

const reading = new Map<string, Promise<void>>();

/** Reads the events of a run that are not known yet. One reader per run, so that none is taken twice. */
function catchUp(runId: string): Promise<void> {
  const running = reading.get(runId) ?? Promise.resolve();
  const next = running.then(async () => {
    const known = runsStore.getState().runs.get(runId) ?? emptyRun(runId);
    const { events } = await server.runs.events({
      params: { id: runId },
      query: { after: known.lastEventId },
    });
    keep(events.reduce(takeEvent, known));
  });
  const settled = next.catch(() => undefined); // the next message tries again
  reading.set(runId, settled);
  return next;
}

function keep(run: RunState): void {
  const { runs } = runsStore.getState();
  const known = runs.get(run.runId);
  if (known !== undefined && known.lastEventId > run.lastEventId) return;
  runsStore.setState({ runs: new Map(runs).set(run.runId, run) });
}

/** Reads queue and history again, and shows the newest run of the open file. */
async function readAll(): Promise<void> {
  const [queue, { runs }] = await Promise.all([server.queue.read(), server.runs.list()]);
  runsStore.setState({ queue, history: runs });
  await showNewest();
}

async function showNewest(): Promise<void> {
  const { history, queue } = runsStore.getState();
  const { path } = documentStore.getState().file;
  const active = queue.runs.find((run) => run.path === path && run.runId !== null);
  const newest = active?.runId ?? history.find((run) => run.graphPath.endsWith(`/${path}`))?.runId;
  if (newest === undefined) runsStore.setState({ shownId: null });
  else await showRun(newest);
}

type Message<T> = Extract<ActivityMessage, { type: T }>;

/** Reads the history again: runs of other processes are in no queue of ours. */
export async function refreshHistory(): Promise<void> {
  runsStore.setState({ history: (await server.runs.list()).runs });
}

/** A run leaves the queue once its record is whole; only then does the history tell how it ended. */
async function takeQueue({ queue }: Message<'queue'>): Promise<void> {
  const { runs } = runsStore.getState().queue;
  runsStore.setState({ queue });
  const hasLeft = runs.some(({ id }) => !queue.runs.some((run) => run.id === id));
  if (hasLeft) await refreshHistory();
}

async function takeRunEvent({ runId, event }: Message<'run'>): Promise<void> {
  const { queue, runs } = runsStore.getState();
  const known = runs.get(runId) ?? emptyRun(runId);
  if (event.id === known.lastEventId + 1) keep(takeEvent(known, event));
  else if (event.id > known.lastEventId) await catchUp(runId);
  if (event.type === 'run-started') await begin(runId, queue);
  if (event.type === 'run-finished') await finish(event.status);
}

async function begin(runId: string, { runs }: QueueState): Promise<void> {
  const entry = runs.find((run) => run.runId === runId);
  if (entry?.path === documentStore.getState().file.path) runsStore.setState({ shownId: runId });
  await refreshHistory();
}

async function finish(status: string): Promise<void> {
  announce(`Run ${status}.`);
  await checkNow();
}

function take(message: ActivityMessage): void {
  if (message.type === 'queue') void takeQueue(message).catch(() => undefined);
  else if (message.type === 'run') void takeRunEvent(message).catch(() => undefined);
  else if (message.type === 'reset') void readAll().catch(() => undefined);
}

/** Follows the server's stream and the open file; call once. */
export function followRuns(): () => void {
  const stopListening = listenToActivity(take);
  const stopWatching = documentStore.subscribe((state, before) => {
    if (state.file.path !== before.file.path) void showNewest().catch(() => undefined);
  });
  void readAll().catch(() => undefined); // the stream's first message may have come before
  return () => {
    stopListening();
    stopWatching();
  };
}

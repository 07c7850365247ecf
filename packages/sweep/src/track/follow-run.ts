/** One run told to all trackers: live while it computes, and whole at its end, whatever was computed now or before. */
import { createRegistry, type Graph } from '@radiograph/graph';
import type { EndStatus } from '@radiograph/runtime';
import {
  type NodePackage,
  nodeTypesOf,
  openStore,
  type RunEvent,
  type RunResult,
  readRun,
} from '@radiograph/runtime';
import { collectResults, type Results } from './collect-results.ts';
import { createReplay, type Progress } from './replay.ts';
import type { RunTracker, TrackedRun, Tracker } from './tracker.ts';

/** Where runs and results lie. */
export type TrackPlace = { readonly home: string; readonly packages: readonly NodePackage[] };

/** A run that is followed. */
export type Followed = {
  readonly follow: (event: RunEvent) => void;
  /** Tells what was reused and what came out, and closes the run. `runId` null: it left no record. */
  readonly end: (runId: string | null, status: EndStatus) => Promise<void>;
};

/** Opens runs at trackers; all that are opened share what is known of the store. */
export function createFollower(trackers: readonly Tracker[], { home, packages }: TrackPlace) {
  const sources = { store: openStore(home), registry: createRegistry(nodeTypesOf(packages)) };
  const replay = createReplay(home);
  return (run: TrackedRun, graph: Graph): Followed => {
    const open = trackers.map((tracker) => tracker.open(run));
    const types = Object.fromEntries(graph.nodes.map(({ id, type }) => [id, type.type]));
    const live = new Set<string>();
    return {
      follow(event) {
        if (event.type !== 'step-progress') return;
        live.add(event.nodeId);
        tellProgress(open, event.nodeId, event);
      },
      async end(runId, status) {
        const result = runId === null ? undefined : await readRun(home, runId);
        const steps = result?.steps ?? {};
        const reused = listReused(steps, live).map(async ({ nodeId, key }) => {
          for (const event of await replay(key)) tellProgress(open, nodeId, event);
        });
        await Promise.all(reused);
        const results = await collectResults({ steps, types }, sources);
        const timeMs = result === undefined ? Date.now() : Date.parse(result.finishedAt);
        for (const one of open) tellEnd(one, { ...results, timeMs, status });
      },
    };
  };
}

/** Reused steps of which nothing was told while another job computed them. */
const listReused = (steps: RunResult['steps'], live: ReadonlySet<string>) =>
  Object.entries(steps).flatMap(([nodeId, { key, status }]) =>
    status === 'reused' && key !== undefined && !live.has(nodeId) ? [{ nodeId, key }] : [],
  );

function tellProgress(
  open: readonly RunTracker[],
  nodeId: string,
  { metrics, done, time }: Progress,
): void {
  for (const [name, value] of Object.entries(metrics)) {
    const metric = { tag: `${nodeId}/${name}`, step: done, value, timeMs: Date.parse(time) };
    for (const one of open) one.write(metric);
  }
}

type Ending = Results & { readonly timeMs: number; readonly status: EndStatus };

function tellEnd(run: RunTracker, { metrics, artifacts, timeMs, status }: Ending): void {
  for (const metric of metrics) run.write({ ...metric, timeMs });
  for (const artifact of artifacts) run.attach(artifact);
  run.close(status);
}

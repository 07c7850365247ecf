/** A single run told to trackers. */
import type { Cell, Graph } from '@radiograph/graph';
import type { RunEvent, RunResult } from '@radiograph/runtime';
import type { RunPlace } from '../run/executor.ts';
import { describeTracked, readCommit } from './describe-run.ts';
import { createFollower } from './follow-run.ts';
import type { Tracker } from './tracker.ts';

export type RunTracking = {
  readonly follow: (event: RunEvent) => void;
  /** Ends the run and the tracking. @throws a usage error if a server refused something. */
  readonly finish: (result: RunResult) => Promise<void>;
};

/** Opens the tracking of one run; `values` are those of the graph's variants. */
export async function trackRun(
  trackers: readonly Tracker[],
  {
    graph,
    values,
    place,
  }: { readonly graph: Graph; readonly values: Cell; readonly place: RunPlace },
): Promise<RunTracking> {
  if (trackers.length === 0) return { follow: () => {}, finish: async () => {} };
  const chosen = Object.entries(values).map(([axis, value]) => `${axis}=${value}`);
  const origin = {
    name: [graph.document.name, ...chosen].join(' '),
    graph,
    values,
    engine: place.engine ?? 'ort',
    tags: await readCommit(place.graphPath),
    startMs: Date.now(),
  };
  const followed = createFollower(trackers, place)(describeTracked(origin), graph);
  return {
    follow: followed.follow,
    async finish({ runId, status }) {
      await followed.end(runId, status);
      for (const tracker of trackers) await tracker.finish();
    },
  };
}

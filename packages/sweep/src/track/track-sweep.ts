/** A sweep told to trackers: a run for each of its cells, and one for the sweep itself, with its report. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { EndStatus } from '@radiograph/runtime';
import type { ArmsComparison } from '@radiograph/statistics';
import type { SweepPlan } from '../plan/plan-sweep.ts';
import type { SweepEvent } from '../run/events.ts';
import type { RunPlace } from '../run/executor.ts';
import type { SweepResult } from '../run/sweep-record.ts';
import { describeTracked, readCommit } from './describe-run.ts';
import { createFollower, type Followed } from './follow-run.ts';
import type { Tracker } from './tracker.ts';

type JobStart = Extract<SweepEvent, { type: 'job-started' }>;

/** What a sweep came to, for `finish`. */
export type SweepOutcome = {
  readonly result: SweepResult;
  /** Undefined where there was nothing to compare. */
  readonly report?: { readonly path: string; readonly comparison: ArmsComparison } | undefined;
};

export type SweepTracking = {
  readonly begin: (plan: SweepPlan) => void;
  readonly follow: (event: SweepEvent) => void;
  /** Ends all runs and the tracking. @throws a usage error if a server refused something. */
  readonly finish: (outcome: SweepOutcome) => Promise<void>;
};

/** Opens the tracking of a sweep. */
export async function trackSweep(
  trackers: readonly Tracker[],
  place: RunPlace,
): Promise<SweepTracking> {
  const openRun = createFollower(trackers, place);
  const commit = trackers.length === 0 ? {} : await readCommit(place.graphPath);
  const startMs = Date.now();
  const runs = new Map<string, Followed>(); // by name of the cell
  const jobs = new Map<string, JobStart>();
  let cells: SweepPlan['cells'] = [];
  let tags: Record<string, string> = commit;
  let ended: Promise<unknown> = Promise.resolve();
  const runOf = (name: string): Followed => {
    const known = runs.get(name);
    if (known !== undefined) return known;
    const { graph, values } = cells.find((cell) => cell.name === name)!;
    const engine = place.engine ?? 'ort';
    const run = openRun(
      describeTracked({ name, graph, values, engine, tags, startMs: Date.now() }),
      graph,
    );
    runs.set(name, run);
    return run;
  };
  const closed = new Set<string>();
  const end = (name: string, runId: string | null, status: EndStatus): void => {
    closed.add(name);
    ended = ended.then(() => runOf(name).end(runId, status));
    ended.catch(() => {}); // `finish` tells
  };
  // What cells share is told to each of them, so that each is whole.
  const tellCells = ({ job, event }: Extract<SweepEvent, { type: 'job-event' }>): void => {
    for (const name of jobs.get(job)?.cells ?? []) runOf(name).follow(event);
  };
  return {
    begin(plan) {
      cells = plan.cells;
    },
    follow(event) {
      if (trackers.length === 0) return;
      if (event.type === 'sweep-started') tags = { ...tags, 'radiograph.sweep': event.sweepId };
      if (event.type === 'job-started') jobs.set(event.job, event);
      if (event.type === 'job-event') tellCells(event);
      if (event.type === 'job-finished' && jobs.get(event.job)?.only === null)
        end(jobs.get(event.job)!.cells[0]!, event.runId, event.status);
    },
    async finish({ result, report }) {
      if (trackers.length === 0) return;
      for (const { name, runId, status } of result.cells)
        if (!closed.has(name)) end(name, runId, status);
      await ended;
      for (const tracker of trackers) {
        if (report !== undefined) tellSweep(tracker, result, { ...report, tags, startMs });
        await tracker.finish();
      }
    },
  };
}

type Told = NonNullable<SweepOutcome['report']> & {
  readonly tags: Readonly<Record<string, string>>;
  readonly startMs: number;
};

/** The arms with their intervals, as they stand in the report, and the report. */
function tellSweep(tracker: Tracker, result: SweepResult, told: Told): void {
  const { path, comparison, tags, startMs } = told;
  const timeMs = Date.parse(result.finishedAt);
  const name = `${result.graph} (sweep)`;
  const run = tracker.open({
    name,
    params: {},
    tags: { ...tags, 'radiograph.command': result.command },
    startMs,
  });
  for (const { name: arm, mean } of comparison.arms) {
    if (mean === null) continue;
    const bounds = { '': mean.mean, _lower: mean.lower, _upper: mean.upper };
    for (const [suffix, value] of Object.entries(bounds))
      run.write({ tag: `mIoU${suffix}/${arm}`, step: 0, value, timeMs });
  }
  run.attach({ name: basename(path), bytes: readFileSync(path) });
  run.close(result.status);
}

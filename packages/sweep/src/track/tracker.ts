/** Trackers: other programs' records of trainings. Off unless asked for; nothing of ours reads them. */
import { RadiographError } from '@radiograph/graph';
import type { RunEvent } from '@radiograph/runtime';
import type { SweepEvent } from '../run/events.ts';
import { openCsv, openJsonLines } from './lines.ts';
import { openMlflow } from './mlflow.ts';
import { openMlflowServer } from './mlflow-server.ts';
import { openParquet } from './parquet.ts';
import type { Scalar, Tracker } from './scalar.ts';
import { openTensorBoard } from './tensorboard.ts';

const openers: Readonly<Record<string, (path: string) => Tracker>> = {
  tensorboard: openTensorBoard,
  mlflow: (place) => (/^https?:/.test(place) ? openMlflowServer(place) : openMlflow(place)),
  csv: openCsv,
  jsonl: openJsonLines,
  parquet: openParquet,
};

/** Opens `tensorboard:FOLDER`, `mlflow:FOLDER`, `mlflow:http://HOST:PORT`, `csv:FILE`, `jsonl:FILE` or `parquet:FILE`. @throws a usage error for another kind. */
export function openTracker(text: string): Tracker {
  const split = text.indexOf(':');
  const [kind, path] = [text.slice(0, split), text.slice(split + 1)];
  if (Object.hasOwn(openers, kind) && path !== '') return openers[kind]!(path);
  throw new RadiographError('usage', {
    path: `--track ${text}`,
    message: `expected ${Object.keys(openers).join(', ')} with a path, as tensorboard:logs`,
  });
}

/** Hands the metrics of a sweep's events to trackers. */
export function trackSweep(trackers: readonly Tracker[]): (event: SweepEvent) => void {
  const names = new Map<string, string>();
  const parts = new Set<string>(); // jobs of one cell that are not its last
  const nameOf = (job: string) => names.get(job) ?? job;
  const open = ({ job, cells, only }: Extract<SweepEvent, { type: 'job-started' }>): void => {
    if (cells.length > 1) return;
    names.set(job, cells[0]!);
    if (only !== null) parts.add(job);
  };
  return (event) => {
    switch (event.type) {
      case 'job-started':
        open(event);
        return;
      case 'job-finished':
        if (parts.has(event.job)) return;
        for (const tracker of trackers) tracker.close(nameOf(event.job), event.status);
        return;
      case 'job-event':
        for (const scalar of listScalars(nameOf(event.job), event.event))
          for (const tracker of trackers) tracker.write(scalar);
        return;
      case 'sweep-started':
      case 'job-log':
      case 'sweep-finished':
    }
  };
}

function listScalars(run: string, event: RunEvent): Scalar[] {
  if (event.type !== 'step-progress') return [];
  const { nodeId, done, metrics, time } = event;
  return Object.entries(metrics).map(([name, value]) => ({
    run,
    tag: `${nodeId}/${name}`,
    step: done,
    value,
    timeMs: Date.parse(time),
  }));
}

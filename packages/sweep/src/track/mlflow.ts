/** MLflow's file store: `<folder>/<experiment>/<run>/{meta.yaml, metrics/, params/, tags/}`; `mlflow ui --backend-store-uri <folder>` reads it. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { listParams, type Tracker } from './scalar.ts';

const experimentId = '1';
const runStates = { done: 3, failed: 4, canceled: 5 } as const; // FINISHED, FAILED, KILLED of mlflow.entities.RunStatus
const running = 1;

type OpenRun = { readonly id: string; readonly name: string; readonly startMs: number };

/** Opens a file store with one experiment, `radiograph`; each run is a run there. */
export function openMlflow(folder: string): Tracker {
  const experiment = join(resolve(folder), experimentId);
  const runs = new Map<string, OpenRun>();
  writeBelow(join(experiment, 'meta.yaml'), printExperiment(experiment));
  const open = (name: string, startMs: number): OpenRun => {
    const known = runs.get(name);
    if (known !== undefined) return known;
    const run = { id: randomUUID().replaceAll('-', ''), name, startMs };
    runs.set(name, run);
    const below = join(experiment, run.id);
    writeBelow(join(below, 'meta.yaml'), printRun(experiment, run));
    writeBelow(join(below, 'tags', 'mlflow.runName'), name);
    for (const [key, value] of listParams(name)) writeBelow(join(below, 'params', key), value);
    return run;
  };
  return {
    write({ run, tag, step, value, timeMs }) {
      const path = join(experiment, open(run, timeMs).id, 'metrics', tag);
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${timeMs} ${value} ${step}\n`);
    },
    close(name, status) {
      const run = runs.get(name);
      if (run === undefined) return;
      runs.delete(name);
      const end = { status: runStates[status], endMs: Date.now() };
      writeBelow(join(experiment, run.id, 'meta.yaml'), printRun(experiment, run, end));
    },
  };
}

function writeBelow(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

// A JSON string is a YAML string.
const yaml = (fields: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');

const printExperiment = (path: string): string =>
  yaml({
    artifact_location: pathToFileURL(path).href,
    experiment_id: experimentId,
    lifecycle_stage: 'active',
    name: 'radiograph',
  });

function printRun(
  experiment: string,
  { id, name, startMs }: OpenRun,
  end: { readonly status: number; readonly endMs: number | null } = {
    status: running,
    endMs: null,
  },
): string {
  return yaml({
    artifact_uri: pathToFileURL(join(experiment, id, 'artifacts')).href,
    end_time: end.endMs,
    entry_point_name: '',
    experiment_id: experimentId,
    lifecycle_stage: 'active',
    run_id: id,
    run_name: name,
    run_uuid: id,
    source_name: 'radiograph',
    source_type: 4,
    source_version: '',
    start_time: startMs,
    status: end.status,
    user_id: '',
  }).concat('tags: []\n');
}

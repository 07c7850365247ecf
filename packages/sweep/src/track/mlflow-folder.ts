/** MLflow's file store: `<folder>/<experiment>/<run>/{meta.yaml, metrics/, params/, tags/, artifacts/}`; `mlflow ui --backend-store-uri <folder>` reads it. */
import { randomInt, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RadiographError } from '@radiograph/graph';
import type { EndStatus } from '@radiograph/runtime';
import { keyName } from './names.ts';
import type { RunTracker, TrackedRun, Tracker } from './tracker.ts';

// RUNNING, FINISHED, FAILED, KILLED of mlflow.entities.RunStatus.
const runStates: { readonly [S in EndStatus | 'running']: number } = {
  running: 1,
  done: 3,
  failed: 4,
  canceled: 5,
};

/** Name of the experiment: MLflow's own variable, or `radiograph`. */
export const experimentName = (): string => process.env.MLFLOW_EXPERIMENT_NAME || 'radiograph';

/** MLflow's names of tags that it shows in places of their own. */
export const mlflowTags = ({ name, tags }: TrackedRun): Readonly<Record<string, string>> => ({
  ...tags,
  'mlflow.runName': name,
  'mlflow.source.name': 'radiograph',
  'mlflow.source.type': 'LOCAL',
  ...(tags['git.commit'] === undefined ? {} : { 'mlflow.source.git.commit': tags['git.commit'] }),
});

/** Opens a file store. The experiment is found by its name or made under a new id; each run is a new run there. */
export function openMlflowFolder(folder: string): Tracker {
  const root = resolve(folder);
  let experiment: string | undefined;
  return {
    open(run) {
      experiment ??= findExperiment(root) ?? makeExperiment(root);
      return openRun(experiment, run);
    },
    finish: async () => {},
  };
}

/** The folder of the active experiment of our name. */
function findExperiment(root: string): string | undefined {
  if (!existsSync(root)) return undefined;
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const meta = join(root, entry.name, 'meta.yaml');
    if (!entry.isDirectory() || entry.name.startsWith('.') || !existsSync(meta)) continue;
    const text = readFileSync(meta, 'utf8');
    if (readField(text, 'name') !== experimentName()) continue;
    if (readField(text, 'lifecycle_stage') !== 'active')
      throw new RadiographError('usage', {
        path: `--track mlflow:${root}`,
        message: `expected the experiment ${experimentName()} to be active, got one that was deleted; restore it or set MLFLOW_EXPERIMENT_NAME`,
      });
    return join(root, entry.name);
  }
  return undefined;
}

/** A text field of a YAML mapping, as MLflow's writer prints it: plain, in single or in double quotes. */
function readField(yaml: string, key: string): string | undefined {
  const value = new RegExp(`^${key}:[ \\t]*(.*?)[ \\t]*\\r?$`, 'm').exec(yaml)?.[1];
  if (value?.startsWith('"')) return JSON.parse(value) as string;
  return value?.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
}

/** MLflow's ids of experiments are 18 digits of chance; a folder that is there is never used. */
function makeExperiment(root: string): string {
  const digits = Array.from({ length: 18 }, (_, i) => randomInt(i === 0 ? 1 : 0, 10)).join('');
  const experiment = join(root, digits);
  mkdirSync(root, { recursive: true });
  mkdirSync(experiment);
  const now = Date.now();
  const meta = printYaml({
    artifact_location: pathToFileURL(experiment).href,
    creation_time: now,
    experiment_id: digits,
    last_update_time: now,
    lifecycle_stage: 'active',
    name: experimentName(),
  });
  writeFileSync(join(experiment, 'meta.yaml'), meta, { flag: 'wx' });
  return experiment;
}

function openRun(experiment: string, run: TrackedRun): RunTracker {
  const id = randomUUID().replaceAll('-', '');
  const folder = join(experiment, id);
  for (const name of ['metrics', 'params', 'tags', 'artifacts'])
    mkdirSync(join(folder, name), { recursive: true });
  const writeBelow = (kind: string, name: string, content: string | Uint8Array) => {
    const path = join(folder, kind, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  const describe = (status: keyof typeof runStates, endMs: number | null) =>
    writeFileSync(join(folder, 'meta.yaml'), printRun(folder, run, { status, endMs }));
  describe('running', null);
  for (const [key, value] of Object.entries(run.params)) writeBelow('params', keyName(key), value);
  for (const [key, value] of Object.entries(mlflowTags(run)))
    writeBelow('tags', keyName(key), value);
  return {
    write({ tag, step, value, timeMs }) {
      const path = join(folder, 'metrics', keyName(tag));
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, `${timeMs} ${value} ${step}\n`);
    },
    attach: ({ name, bytes }) => writeBelow('artifacts', name, bytes),
    close: (status) => describe(status, Date.now()),
  };
}

type Ending = { readonly status: keyof typeof runStates; readonly endMs: number | null };

function printRun(
  folder: string,
  { name, startMs }: TrackedRun,
  { status, endMs }: Ending,
): string {
  const id = basename(folder);
  const text = printYaml({
    artifact_uri: pathToFileURL(join(folder, 'artifacts')).href,
    end_time: endMs,
    entry_point_name: '',
    experiment_id: basename(dirname(folder)),
    lifecycle_stage: 'active',
    run_id: id,
    run_name: name,
    run_uuid: id,
    source_name: '',
    source_type: 4,
    source_version: '',
    start_time: startMs,
    status: runStates[status],
    user_id: '',
  });
  return `${text}tags: []\n`;
}

// A JSON string is a YAML string.
const printYaml = (fields: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');

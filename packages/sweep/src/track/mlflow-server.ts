/**
 * MLflow's REST API, version 2.0: a run per cell in the experiment `radiograph`, its parameters, its metrics in batches, its end.
 *
 * Requests are sent one after another, in the order of the events. What the server refuses ends the tracking, not the sweep: `finish`
 * says what it was.
 */
import { RadiographError } from '@radiograph/graph';
import { z } from 'zod';
import { listParams, type Scalar, type Tracker } from './scalar.ts';

const experimentName = 'radiograph';
const batchSize = 500; // a request may have 1,000 metrics
const runStates = { done: 'FINISHED', failed: 'FAILED', canceled: 'KILLED' } as const;

const Experiment = z.object({ experiment_id: z.string() });
const Found = z.object({ experiment: Experiment });
const Created = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });

/** Opens a tracking server, `http://host:5000`. */
export function openMlflowServer(uri: string): Tracker {
  const api = openApi(uri);
  const experiment = memoize(() => findExperiment(api));
  const runs = new Map<string, () => Promise<string>>();
  const waiting = new Map<string, Scalar[]>();
  let sent: Promise<unknown> = Promise.resolve();
  const queue = (action: () => Promise<unknown>): void => {
    sent = sent.then(action);
    sent.catch(() => {}); // `finish` tells
  };
  const flush = (run: string): void => {
    const scalars = waiting.get(run) ?? [];
    waiting.delete(run);
    const open = runs.get(run);
    if (open !== undefined && scalars.length > 0)
      queue(async () => log(api, await open(), scalars));
  };
  return {
    write(scalar) {
      const { run, timeMs } = scalar;
      if (!runs.has(run))
        runs.set(
          run,
          memoize(async () => createRun(api, { experiment: await experiment(), run, timeMs })),
        );
      const scalars = [...(waiting.get(run) ?? []), scalar];
      waiting.set(run, scalars);
      if (scalars.length >= batchSize) flush(run);
    },
    close(run, status) {
      flush(run);
      const open = runs.get(run);
      if (open === undefined) return;
      runs.delete(run);
      const end = { status: runStates[status], end_time: Date.now() };
      queue(async () => api.post('runs/update', { run_id: await open(), ...end }));
    },
    async finish() {
      for (const run of [...waiting.keys()]) flush(run);
      await sent;
    },
  };
}

type Api = {
  readonly get: (path: string, query: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly post: (path: string, body: object) => Promise<unknown>;
};

function openApi(uri: string): Api {
  const root = `${uri.replace(/\/+$/, '')}/api/2.0/mlflow`;
  const call = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(`${root}/${path}`, init).catch((error: unknown) => {
      throw refused(uri, `no answer: ${String(error)}`, error);
    });
    const text = await response.text();
    if (!response.ok) throw refused(uri, `${response.status} to ${path}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  return {
    get: (path, query) => call(`${path}?${new URLSearchParams(query)}`, {}),
    post: (path, body) =>
      call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  };
}

const refused = (uri: string, got: string, cause?: unknown): RadiographError =>
  new RadiographError(
    'usage',
    { path: `--track mlflow:${uri}`, message: `expected an MLflow tracking server, got ${got}` },
    { cause },
  );

/** The id of the experiment, which is made if there is none. */
async function findExperiment(api: Api): Promise<string> {
  const name = experimentName;
  try {
    const found = await api.get('experiments/get-by-name', { experiment_name: name });
    return Found.parse(found).experiment.experiment_id;
  } catch (error) {
    if (!String(error).includes('RESOURCE_DOES_NOT_EXIST')) throw error;
    return Experiment.parse(await api.post('experiments/create', { name })).experiment_id;
  }
}

type NewRun = { readonly experiment: string; readonly run: string; readonly timeMs: number };

async function createRun(api: Api, { experiment, run, timeMs }: NewRun): Promise<string> {
  const tags = [
    { key: 'mlflow.runName', value: run },
    { key: 'mlflow.source.name', value: 'radiograph' },
  ];
  const created = await api.post('runs/create', {
    experiment_id: experiment,
    run_name: run,
    start_time: timeMs,
    tags,
  });
  const { run_id } = Created.parse(created).run.info;
  const params = listParams(run).map(([key, value]) => ({ key, value }));
  if (params.length > 0) await api.post('runs/log-batch', { run_id, params });
  return run_id;
}

async function log(api: Api, run_id: string, scalars: readonly Scalar[]): Promise<void> {
  const metrics = scalars.map(({ tag, value, timeMs, step }) => ({
    key: tag,
    value,
    timestamp: timeMs,
    step,
  }));
  await api.post('runs/log-batch', { run_id, metrics });
}

/** Calls the action once, when its result is first asked for. */
function memoize<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= action();
    return result;
  };
}

/**
 * MLflow's REST API, version 2.0: runs in an experiment that is found or made by its name, their parameters, tags, metrics in batches,
 * artifacts where the server takes them, and their ends. Ids are the server's.
 *
 * Requests are sent one after another, in the order of the events. What the server refuses ends the tracking, not the run: `finish`
 * says what it was.
 */
import { RadiographError } from '@radiograph/graph';
import type { EndStatus } from '@radiograph/runtime';
import { z } from 'zod';
import { experimentName, mlflowTags } from './mlflow-folder.ts';
import { keyName } from './names.ts';
import type { Artifact, Metric, RunTracker, TrackedRun, Tracker } from './tracker.ts';

const batchSize = 500; // a request may have 1,000 metrics
const paramsAtOnce = 100;
const runStates: { readonly [S in EndStatus]: string } = {
  done: 'FINISHED',
  failed: 'FAILED',
  canceled: 'KILLED',
};

const Experiment = z.object({
  experiment_id: z.string(),
  lifecycle_stage: z.string().default('active'),
});
const Found = z.object({ experiment: Experiment });
const Made = z.object({ experiment_id: z.string() });
const Created = z.object({
  run: z.object({ info: z.object({ run_id: z.string(), artifact_uri: z.string().default('') }) }),
});
type RunInfo = z.infer<typeof Created>['run']['info'];

/** Opens a tracking server, `http://host:5000`. */
export function openMlflowServer(uri: string): Tracker {
  const api = openApi(uri);
  const waiting = new Set<() => void>();
  let experiment: Promise<string> | undefined;
  let sent: Promise<unknown> = Promise.resolve();
  const queue = (action: () => Promise<unknown>): void => {
    sent = sent.then(action);
    sent.catch(() => {}); // `finish` tells
  };
  return {
    open(run) {
      let info: RunInfo | undefined;
      queue(async () => {
        experiment ??= findExperiment(api, uri);
        info = await createRun(api, await experiment, run);
      });
      // What is queued later runs after the run was created, or not at all.
      const tracker = followRun((action) => queue(() => action(info!)), api);
      waiting.add(tracker.flush);
      return tracker;
    },
    async finish() {
      for (const flush of waiting) flush();
      await sent;
    },
  };
}

type Send = (action: (info: RunInfo) => Promise<unknown>) => void;

function followRun(send: Send, api: Api): RunTracker & { readonly flush: () => void } {
  let metrics: Metric[] = [];
  const flush = () => {
    const full = metrics;
    metrics = [];
    if (full.length > 0) send(({ run_id }) => log(api, run_id, full));
  };
  return {
    flush,
    write(metric) {
      metrics.push(metric);
      if (metrics.length >= batchSize) flush();
    },
    attach: (artifact) => send((info) => api.upload(info, artifact)),
    close(status) {
      flush();
      const end = { status: runStates[status], end_time: Date.now() };
      send(({ run_id }) => api.post('runs/update', { run_id, ...end }));
    },
  };
}

type Api = {
  readonly get: (path: string, query: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly post: (path: string, body: object) => Promise<unknown>;
  readonly upload: (info: RunInfo, artifact: Artifact) => Promise<unknown>;
};

function openApi(uri: string): Api {
  const root = `${uri.replace(/\/+$/, '')}/api/2.0`;
  const call = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(`${root}/${path}`, init).catch((error: unknown) => {
      throw refused(uri, `no answer: ${String(error)}`, error);
    });
    const text = await response.text();
    if (!response.ok) throw refused(uri, `${response.status} to ${path}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  return {
    get: (path, query) => call(`mlflow/${path}?${new URLSearchParams(query)}`, {}),
    post: (path, body) =>
      call(`mlflow/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    // A server that keeps artifacts elsewhere (a disk of its own, a bucket) takes none over HTTP.
    async upload({ artifact_uri }, { name, bytes }) {
      const place = /^mlflow-artifacts:\/+(.*)$/.exec(artifact_uri)?.[1];
      if (place === undefined) return;
      const path = `${place}/${encodeURIComponent(name)}`;
      await call(`mlflow-artifacts/artifacts/${path}`, { method: 'PUT', body: Buffer.from(bytes) });
    },
  };
}

const refused = (uri: string, got: string, cause?: unknown): RadiographError =>
  new RadiographError(
    'usage',
    { path: `--track mlflow:${uri}`, message: `expected an MLflow tracking server, got ${got}` },
    { cause },
  );

/** The id of the experiment, which is made if there is none. */
async function findExperiment(api: Api, uri: string): Promise<string> {
  const name = experimentName();
  const found = await api
    .get('experiments/get-by-name', { experiment_name: name })
    .catch((error: unknown) => {
      if (!String(error).includes('RESOURCE_DOES_NOT_EXIST')) throw error;
      return undefined;
    });
  if (found === undefined)
    return Made.parse(await api.post('experiments/create', { name })).experiment_id;
  const { experiment_id, lifecycle_stage } = Found.parse(found).experiment;
  if (lifecycle_stage === 'active') return experiment_id;
  throw refused(uri, `a deleted experiment ${name}; restore it or set MLFLOW_EXPERIMENT_NAME`);
}

async function createRun(api: Api, experiment_id: string, run: TrackedRun): Promise<RunInfo> {
  const created = await api.post('runs/create', {
    experiment_id,
    run_name: run.name,
    start_time: run.startMs,
    tags: listPairs(mlflowTags(run)),
  });
  const { info } = Created.parse(created).run;
  const params = listPairs(run.params);
  for (let i = 0; i < params.length; i += paramsAtOnce)
    await api.post('runs/log-batch', {
      run_id: info.run_id,
      params: params.slice(i, i + paramsAtOnce),
    });
  return info;
}

const longestValue = 6000; // of a parameter; tags may be longer

const listPairs = (fields: Readonly<Record<string, string>>) =>
  Object.entries(fields).map(([key, value]) => ({
    key: keyName(key),
    value: value.slice(0, longestValue),
  }));

async function log(api: Api, run_id: string, list: readonly Metric[]): Promise<void> {
  const metrics = list.map(({ tag, value, timeMs, step }) => ({
    key: keyName(tag),
    value,
    timestamp: timeMs,
    step,
  }));
  await api.post('runs/log-batch', { run_id, metrics });
}

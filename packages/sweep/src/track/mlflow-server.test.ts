import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openMlflowServer } from './mlflow-server.ts';
import type { TrackedRun } from './tracker.ts';

/** What MLflow's tracking server demands of each request: names, types and limits of its REST documentation. */
const metric = z.strictObject({
  key: z.string().regex(/^[\w\-. /]{1,250}$/),
  value: z.number(),
  timestamp: z.int(),
  step: z.int(),
});
const pair = z.strictObject({ key: z.string().min(1).max(250), value: z.string().max(6000) });
const requests = {
  'GET experiments/get-by-name': z.strictObject({ experiment_name: z.string().min(1) }),
  'POST experiments/create': z.strictObject({ name: z.string().min(1) }),
  'POST runs/create': z.strictObject({
    experiment_id: z.literal('7'),
    run_name: z.string(),
    start_time: z.int(),
    tags: z.array(pair).max(1000),
  }),
  'POST runs/log-batch': z.strictObject({
    run_id: z.literal('abc'),
    metrics: z.array(metric).max(1000).optional(),
    params: z.array(pair).max(100).optional(),
  }),
  'PUT artifacts': z.strictObject({ path: z.string(), content: z.string() }),
  'POST runs/update': z.strictObject({
    run_id: z.literal('abc'),
    status: z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']),
    end_time: z.int(),
  }),
};
type Name = keyof typeof requests;
type Call = { readonly name: string; readonly body: Record<string, unknown> };

const answers: { readonly [N in Name]: object } = {
  'GET experiments/get-by-name': {
    error_code: 'RESOURCE_DOES_NOT_EXIST',
    message: "Could not find experiment with name 'radiograph'",
  },
  'POST experiments/create': { experiment_id: '7' },
  'POST runs/create': {
    run: {
      info: {
        run_id: 'abc',
        experiment_id: '7',
        artifact_uri: 'mlflow-artifacts:/7/abc/artifacts',
      },
      data: {},
    },
  },
  'PUT artifacts': {},
  'POST runs/log-batch': {},
  'POST runs/update': { run_info: { run_id: 'abc' } },
};

let server: ReturnType<typeof createServer> | undefined;
afterEach(() => void server?.close());

/** A tracking server in this process that refuses what MLflow refuses. */
async function startServer(): Promise<{ readonly uri: string; readonly calls: Call[] }> {
  const calls: Call[] = [];
  server = createServer(async (request, response) => {
    const { name, body } = await readCall(request);
    calls.push({ name, body });
    const rule = requests[name as Name];
    const isValid = rule?.safeParse(body).success === true;
    const answer = isValid
      ? answers[name as Name]
      : { error_code: rule === undefined ? 'ENDPOINT_NOT_FOUND' : 'INVALID_PARAMETER_VALUE' };
    const status = isValid ? ('error_code' in answer ? 404 : 200) : 400;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
  return { uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** The call by its method and place, without the part of the path that all share. */
async function readCall(request: IncomingMessage): Promise<Call> {
  const url = new URL(request.url!, 'http://x');
  const content = await readText(request);
  const [, path] = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/.exec(url.pathname) ?? [];
  if (path !== undefined) return { name: `${request.method} artifacts`, body: { path, content } };
  const name = `${request.method} ${url.pathname.replace('/api/2.0/mlflow/', '')}`;
  const query = Object.fromEntries(url.searchParams);
  return { name, body: request.method === 'GET' ? query : JSON.parse(content) };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const run: TrackedRun = {
  name: 'mixer.rho=0.5 seed=3',
  params: { 'mixer.rho': '0.5', seed: '3', ...manyParams() },
  tags: { 'git.commit': 'abc' },
  startMs: 5000,
};

/** As many as a large graph has. */
function manyParams(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`node.p${i}`, String(i)]));
}

test('[W23] an MLflow server gets a run per cell, its parameters, tags, metrics in order, artifacts, and its end', async () => {
  const { uri, calls } = await startServer();
  const tracker = openMlflowServer(`${uri}/`);
  const open = tracker.open(run);
  for (let step = 0; step < 1200; step++)
    open.write({ tag: 'segmenter/loss', step, value: 1 / (step + 1), timeMs: 5000 + step });
  open.attach({ name: 'montage.figure.png', bytes: Buffer.from('a picture') });
  open.close('done');
  await tracker.finish();

  expect(calls.map(({ name }) => name)).toEqual([
    'GET experiments/get-by-name',
    'POST experiments/create',
    'POST runs/create',
    ...Array.from({ length: 2 }, () => 'POST runs/log-batch'), // parameters
    ...Array.from({ length: 2 }, () => 'POST runs/log-batch'),
    'PUT artifacts',
    'POST runs/log-batch',
    'POST runs/update',
  ]);
  expect(calls[2]!.body).toMatchObject({
    run_name: run.name,
    start_time: 5000,
    tags: expect.arrayContaining([{ key: 'mlflow.source.git.commit', value: 'abc' }]),
  });
  const params = calls.flatMap(({ body }) => (body.params as object[]) ?? []);
  expect(params).toHaveLength(152);
  expect(params[0]).toEqual({ key: 'mixer.rho', value: '0.5' });
  const metrics = calls.flatMap(({ body }) => (body.metrics as { step: number }[]) ?? []);
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
  expect(calls.find(({ name }) => name === 'PUT artifacts')!.body).toEqual({
    path: '7/abc/artifacts/montage.figure.png',
    content: 'a picture',
  });
  expect(calls.at(-1)!.body).toMatchObject({ status: 'FINISHED' });
});

test('[W23] what a server refuses, and one that does not answer, are told at the end', async () => {
  const { uri } = await startServer();
  const refused = openMlflowServer(uri);
  refused.open(run).write({ tag: 'loss', step: 0.5, value: 1, timeMs: 0 });
  await expect(refused.finish()).rejects.toThrow(
    /expected an MLflow tracking server, got 400 to mlflow\/runs\/log-batch: .*INVALID_PARAMETER_VALUE/,
  );

  const absent = openMlflowServer('http://127.0.0.1:1');
  absent.open(run).write({ tag: 'loss', step: 0, value: 1, timeMs: 0 });
  await expect(absent.finish()).rejects.toThrow('no answer');
});

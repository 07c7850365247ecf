import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { openMlflowServer } from './mlflow-server.ts';

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
  'POST runs/create': { run: { info: { run_id: 'abc', experiment_id: '7' }, data: {} } },
  'POST runs/log-batch': {},
  'POST runs/update': { run_info: { run_id: 'abc' } },
};

let server: ReturnType<typeof createServer> | undefined;
afterEach(() => void server?.close());

/** A tracking server in this process that refuses what MLflow refuses. */
async function startServer(): Promise<{ readonly uri: string; readonly calls: Call[] }> {
  const calls: Call[] = [];
  server = createServer(async (request, response) => {
    const url = new URL(request.url!, 'http://x');
    const name = `${request.method} ${url.pathname.replace('/api/2.0/mlflow/', '')}`;
    const body =
      request.method === 'GET' ? Object.fromEntries(url.searchParams) : await readJson(request);
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

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

test('[W23] an MLflow server gets a run per cell, its parameters, its metrics in order, and its end', async () => {
  const { uri, calls } = await startServer();
  const tracker = openMlflowServer(`${uri}/`);
  const run = 'mixer.rho=0.5 seed=3';
  for (let step = 0; step < 1200; step++)
    tracker.write({ run, tag: 'segmenter/loss', step, value: 1 / (step + 1), timeMs: 5000 + step });
  tracker.close(run, 'done');
  await tracker.finish!();

  expect(calls.map(({ name }) => name)).toEqual([
    'GET experiments/get-by-name',
    'POST experiments/create',
    'POST runs/create',
    'POST runs/log-batch',
    ...Array.from({ length: 3 }, () => 'POST runs/log-batch'),
    'POST runs/update',
  ]);
  expect(calls[2]!.body).toMatchObject({ run_name: run, start_time: 5000 });
  expect(calls[3]!.body.params).toEqual([
    { key: 'mixer.rho', value: '0.5' },
    { key: 'seed', value: '3' },
  ]);
  const metrics = calls.flatMap(({ body }) => (body.metrics as { step: number }[]) ?? []);
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
  expect(calls.at(-1)!.body).toMatchObject({ status: 'FINISHED' });
});

test('[W23] what a server refuses, and one that does not answer, are told at the end', async () => {
  const { uri } = await startServer();
  const refused = openMlflowServer(uri);
  refused.write({ run: 'a', tag: 'is this a key?', step: 0, value: 1, timeMs: 0 });
  await expect(refused.finish!()).rejects.toThrow(
    /expected an MLflow tracking server, got 400 to runs\/log-batch: .*INVALID_PARAMETER_VALUE/,
  );

  const absent = openMlflowServer('http://127.0.0.1:1');
  absent.write({ run: 'a', tag: 'loss', step: 0, value: 1, timeMs: 0 });
  await expect(absent.finish!()).rejects.toThrow('no answer');
});

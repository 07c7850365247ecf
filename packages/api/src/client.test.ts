import { expect, test } from 'vitest';
import { ApiError, createClient } from './client.ts';
import { addressOf } from './route.ts';
import { api } from './table.ts';

const answering = (status: number, body: unknown) => {
  const sent: [string, RequestInit][] = [];
  const client = createClient(async (path, init) => {
    sent.push([path, init]);
    return new Response(JSON.stringify(body), { status });
  });
  return { client, sent };
};

test('a call sends the parameters in the path, the query behind it and the body as JSON', async () => {
  const { client, sent } = answering(200, { isPaused: false, runs: [] });

  await client.queue.move({ params: { id: 'a/b' }, body: { place: 0 } });
  await client.queue.read();

  expect(sent).toMatchObject([
    ['/api/queue/a%2Fb/move', { method: 'POST', body: '{"place":0}' }],
    ['/api/queue', { method: 'GET' }],
  ]);
});

test('an address leaves out what is not given', () => {
  const digest = 'a'.repeat(64);
  const query = { id: 'x&y', images: digest, width: 32, classes: null };
  expect(addressOf(api.artifacts.thumbnail, { params: { digest }, query })).toBe(
    `/api/artifacts/${digest}/thumbnail?id=x%26y&images=${digest}&width=32`,
  );
});

test('a refusal becomes an error with its status, its words and what came with it', async () => {
  const theirs = { path: 'x.graph.json', text: '{}', revision: 'r', isTemplate: false };
  const problem = { path: 'x.graph.json', message: 'expected the revision that was read' };
  const error = { code: 'stale', message: 'x.graph.json: stale', problems: [problem] };
  const { client } = answering(409, { error, theirs });

  const refused = await client.graphs.read({ query: { path: 'x' } }).catch((e: unknown) => e);

  expect(refused).toBeInstanceOf(ApiError);
  expect(refused).toMatchObject({
    status: 409,
    message: 'x.graph.json: stale',
    refusal: { error, theirs },
  });
});

test('an answer that is none of ours says its status', async () => {
  const { client } = answering(502, 'Bad gateway');
  await expect(client.runs.list()).rejects.toMatchObject({
    status: 502,
    message: 'The server answered 502 without a reason.',
  });
});

test('a reply of another shape is never used: it names the route and the field', async () => {
  const { client } = answering(200, { runs: [{ runId: 1 }] });
  await expect(client.runs.list()).rejects.toThrow(
    /internal: the reply of GET \/api\/runs has another shape than this page expects \(runs.0.runId/,
  );
});

test('a server that does not answer is an error of status 0', async () => {
  const client = createClient(() => Promise.reject(new TypeError('fetch failed')));
  await expect(client.session.read()).rejects.toMatchObject({ status: 0 });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api } from '@radiograph/api';
import express from 'express';
import { afterAll, expect, test } from 'vitest';
import { answerError } from './answer-error.ts';
import { answer, serveTopic } from './serve-route.ts';

// Handlers that break the contract in ways that types cannot see.
const wrong = [{ path: 'a.graph.json', name: 1 }] as never;
const routes = serveTopic(api.graphs, {
  ...({} as Parameters<typeof serveTopic<typeof api.graphs>>[1]),
  list: async () => ({ graphs: wrong }),
  check: async () => ({ problems: [] }),
});
const app = express().use(express.json());
for (const route of routes) app[route.method](route.path, answer(route));
app.use(answerError);
const server = createServer(app).listen(0);
afterAll(() => server.close());

const call = async (path: string, body?: string) => {
  const { port } = server.address() as AddressInfo;
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const response = await fetch(
    `http://127.0.0.1:${port}${path}`,
    body === undefined ? {} : (init as RequestInit),
  );
  return { status: response.status, body: (await response.json()) as { error: object } };
};

test('a reply that breaks the contract is our bug, and says where', async () => {
  const { status, body } = await call('/api/graphs');
  expect(status).toBe(500);
  expect(body.error).toMatchObject({
    code: 'internal',
    message: expect.stringContaining(
      'internal: the reply of GET /api/graphs breaks the contract: graphs.0.name: expected string, got 1',
    ),
  });
});

test('input of another shape is refused with its place, what is expected and what came', async () => {
  const refused = await call('/api/check', '{"text": 5, "more": 1}');
  expect(refused).toMatchObject({
    status: 400,
    body: {
      error: {
        code: 'usage',
        problems: [
          { path: 'body.text', message: 'expected string, got 5' },
          { path: 'body', message: 'expected no key "more"' },
        ],
      },
    },
  });
});

test('a body that is no JSON is refused in the same words', async () => {
  const { status, body } = await call('/api/check', '{"text": ');
  expect(status).toBe(400);
  expect(body.error).toMatchObject({
    problems: [{ path: 'body', message: expect.stringMatching(/^expected JSON in UTF-8, got: /) }],
  });
});

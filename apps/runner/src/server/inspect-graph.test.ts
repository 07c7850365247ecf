import { join } from 'node:path';
import { parseDocument, printDocument } from '@radiograph/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestServer } from './testing/open-server.ts';

let place: Awaited<ReturnType<typeof openTestServer>>;
beforeAll(async () => {
  place = await openTestServer({});
});
afterAll(() => place.server().close());

describe('files that nodes read', () => {
  const folder = (name: string, params: object) => [
    name,
    { type: 'core.image-folder', version: 1, params },
  ];
  const missing = printDocument(
    parseDocument(
      JSON.stringify({
        format: 'radiograph/1',
        name: 'missing',
        nodes: Object.fromEntries([
          folder('xrays', { folder: 'nowhere' }),
          folder('others', { folder: 'no/where', labels: 'no.csv' }),
        ]),
        edges: [],
      }),
    ),
  );
  const body = { text: missing, path: 'missing.graph.json' };

  test('are problems of the graph where they are missing: all of them, each at its field', async () => {
    const reply = await place.call('/api/plan', { method: 'POST', body });
    const { problems, steps } = reply.json() as {
      problems: { path: string; message: string }[];
      steps: { type: string }[];
    };

    expect(problems.map(({ path }) => path).toSorted()).toEqual([
      'nodes.others.params.folder',
      'nodes.others.params.labels',
      'nodes.xrays.params.folder',
    ]);
    expect(problems.find(({ path }) => path.includes('xrays'))!.message).toBe(
      `expected a file or folder, got nothing at ${join(place.workspace, 'nowhere')}; it says nowhere`,
    );
    expect(steps.every(({ type }) => type === 'skip')).toBe(true);
    const checked = await place.call('/api/check', { method: 'POST', body });
    expect((checked.json() as { problems: object[] }).problems).toEqual(problems);
  });

  test('keep a run from being queued, with the same problems; a part without them runs', async () => {
    const refused = await place.call('/api/queue', { method: 'POST', body });
    expect(refused.status).toBe(422);
    expect(refused.json()).toMatchObject({ error: { code: 'data', problems: [{}, {}, {}] } });
    const only = await place.call('/api/queue', {
      method: 'POST',
      body: { ...body, only: ['xrays'] },
    });
    expect(only.json()).toMatchObject({
      error: { problems: [{ path: 'nodes.xrays.params.folder' }] },
    });
  });
});

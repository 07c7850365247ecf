import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseDocument, printDocument } from '@radiograph/graph';
import { createLocalExecutor, startSweep } from '@radiograph/sweep';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodePackages } from '../registry.ts';
import { listRoutes } from './app.ts';
import type { Services } from './services.ts';
import { openTestServer, workerEntry } from './testing/open-server.ts';

const small = printDocument(
  parseDocument(
    JSON.stringify({
      format: 'radiograph/1',
      name: 'small',
      nodes: {
        phantom: { type: 'chexseg.phantom', version: 1, params: { patients: 6, size: 64 } },
        first: { type: 'core.subset', version: 1, params: { count: 2 } },
      },
      edges: [{ from: 'phantom.images', to: 'first.images' }],
    }),
  ),
);
const slow = small.replace('"patients": 6', '"patients": 4000');

type TestServer = Awaited<ReturnType<typeof openTestServer>>;
let place: TestServer;
beforeAll(async () => {
  place = await openTestServer({ 'small.graph.json': small, 'examples/slow.graph.json': slow });
});
afterAll(() => place.server().close());

async function until<T>(read: () => Promise<T | undefined | false>): Promise<T> {
  for (let i = 0; i < 300; i++) {
    const value = await read();
    if (value !== undefined && value !== false) return value;
    await setTimeout(100);
  }
  throw new Error('waited 30 s in vain');
}

const waitForRun = (runs: number, status: string) =>
  until(async () => {
    const { runs: list } = (await place.call('/api/runs')).json() as {
      runs: { runId: string; status: string }[];
    };
    return list.length >= runs && list[0]!.status === status ? list[0]!.runId : undefined;
  });

describe('graphs', () => {
  const at = (path: string) => `/api/graph?path=${encodeURIComponent(path)}`;

  test('are listed with their names; what cannot be read says why', async () => {
    writeFileSync(join(place.workspace, 'bad.graph.json'), '{');

    const { graphs } = (await place.call('/api/graphs')).json() as {
      graphs: { path: string; isTemplate: boolean; problem: string | null }[];
    };

    const of = (path: string) => graphs.find((graph) => graph.path === path)!;
    expect(of('small.graph.json')).toMatchObject({ name: 'small', nodes: 2, isTemplate: false });
    expect(of('examples/slow.graph.json').isTemplate).toBe(true);
    expect(of('bad.graph.json').problem).toMatch(/^expected JSON/);
  });

  test('a stale write is refused with both versions, and loses nothing', async () => {
    const file = join(place.workspace, 'shared.graph.json');
    writeFileSync(file, small);
    const { revision } = (await place.call(at('shared.graph.json'))).json() as { revision: string };
    const mine = small.replace('"small"', '"mine"');
    const theirs = small.replace('"small"', '"theirs"');
    const put = (text: string) =>
      place.call(at('shared.graph.json'), { method: 'PUT', body: { text, revision } });

    const saved = await put(theirs);
    const refused = await put(mine);

    expect(saved.status).toBe(200);
    expect(refused.status).toBe(409);
    expect(refused.json()).toMatchObject({ error: { code: 'stale' }, theirs: { text: theirs } });
    expect(readFileSync(file, 'utf8')).toBe(theirs);
    const backups = join(place.home, 'backups', 'shared.graph.json');
    expect(readdirSync(backups).map((name) => readFileSync(join(backups, name), 'utf8'))).toEqual([
      small,
    ]);
  });

  test('of two writes at the same time one wins and the other is told', async () => {
    const puts = ['one', 'two', 'three'].map((name) =>
      place.call(at('new.graph.json'), {
        method: 'PUT',
        body: { text: small.replace('"small"', `"${name}"`), revision: null },
      }),
    );

    expect((await Promise.all(puts)).map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  test('are written as canonical text, and only if their shape is right', async () => {
    const compact = JSON.stringify(JSON.parse(small));
    const written = await place.call(at('compact.graph.json'), {
      method: 'PUT',
      body: { text: compact, revision: null },
    });
    expect(readFileSync(join(place.workspace, 'compact.graph.json'), 'utf8')).toBe(small);
    expect(written.json()).toMatchObject({ text: small });
    const broken = await place.call(at('broken.graph.json'), {
      method: 'PUT',
      body: { text: '{"format":"radiograph/2"}', revision: null },
    });
    expect(broken.status).toBe(422);
    expect(existsSync(join(place.workspace, 'broken.graph.json'))).toBe(false);
  });

  test('are checked and planned without running', async () => {
    const bad = small.replace('"count": 2', '"count": "two"');
    const { problems } = (
      await place.call('/api/check', { method: 'POST', body: { text: bad } })
    ).json() as {
      problems: { path: string }[];
    };
    expect(problems).toMatchObject([{ path: 'nodes.first.params.count' }]);
    const plan = { method: 'POST', body: { text: small, path: 'small.graph.json' } };
    const { steps } = (await place.call('/api/plan', plan)).json() as { steps: object[] };
    expect(steps).toMatchObject([
      { nodeId: 'phantom', type: 'run', reason: 'never run' },
      { nodeId: 'first', type: 'run', reason: 'never run' },
    ]);
    const half = { ...plan, body: { ...plan.body, text: bad } };
    expect((await place.call('/api/plan', half)).json()).toMatchObject({
      steps: [
        { nodeId: 'first', type: 'skip', reason: 'has a problem' },
        { nodeId: 'phantom', type: 'run', reason: 'never run' },
      ],
    });
  });
});

describe('runs', () => {
  const add = (text: string, only: string[] | null = null) =>
    place.call('/api/queue', { method: 'POST', body: { path: 'small.graph.json', text, only } });

  test('a run goes through the queue, and its artifacts can be looked at', async () => {
    expect((await add(small)).status).toBe(200);
    const runId = await waitForRun(1, 'done');
    const run = (await place.call(`/api/runs/${runId}`)).json() as {
      steps: Record<string, { outputs: Record<string, string> }>;
      graphText: string;
    };

    expect(run.graphText).toBe(small);
    const { images, expert } = run.steps.phantom!.outputs as { images: string; expert: string };
    const summary = (await place.call(`/api/artifacts/${images}`)).json() as {
      kind: string;
      samples: string[];
      statistics: { numbers: { nanCount: number } }[];
    };
    expect(summary).toMatchObject({ kind: 'images', facts: [{ value: '[6, 64, 64]' }, {}, {}] });
    expect(summary.statistics[0]!.numbers.nanCount).toBe(0);
    const query = `id=${encodeURIComponent(summary.samples[0]!)}&images=${images}`;
    const pixels = await place.call(`/api/pixels?${query}`);
    expect(pixels.headers).toMatchObject({ 'x-height': '64', 'x-width': '64', 'x-bit-depth': '8' });
    const masks = Object.values(run.steps.phantom!.outputs).find((digest) => digest !== images)!;
    const thumbnail = await place.call(
      `/api/artifacts/${expert ?? masks}/thumbnail?${query}&width=32`,
    );
    expect([thumbnail.status, thumbnail.headers['content-type']]).toEqual([200, 'image/png']);
    const part = await place.call(`/api/artifacts/${images}/blobs/pixels.bin`, {
      headers: { range: 'bytes=0-9' },
    });
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 0-9/${6 * 64 * 64}`]);
    const missing = await place.call(`/api/artifacts/${'0'.repeat(64)}`);
    expect(missing.status).toBe(404);
  });

  test('a graph with problems is refused with all of them', async () => {
    const reply = await add(small.replace('"count": 2', '"count": 0'));

    expect(reply.status).toBe(422);
    expect(reply.json()).toMatchObject({ error: { code: 'graph', problems: [{}] } });
  });

  test('a part of a graph runs, whatever is wrong elsewhere', async () => {
    const bad = small.replace('"count": 2', '"count": "two"');
    expect((await add(bad, ['first'])).status).toBe(422);

    expect((await add(bad, ['phantom'])).status).toBe(200);

    const runId = await waitForRun(1, 'done');
    const { steps } = (await place.call(`/api/runs/${runId}`)).json() as {
      steps: Record<string, { status: string }>;
    };
    expect(steps).toMatchObject({ phantom: { status: 'ran' } });
  });

  test('a paused queue keeps its order, lets runs move and be taken out, and survives a restart', async () => {
    const post = (path: string, body: object) => place.call(path, { method: 'POST', body });
    const names = async () => {
      const { runs } = (await place.call('/api/queue')).json() as {
        runs: { id: string; name: string }[];
      };
      return runs;
    };
    await until(async () => (await names()).length === 0); // the run of the test before
    await post('/api/queue/pause', { isPaused: true });
    for (const name of ['a', 'b', 'c']) await add(small.replace('"small"', `"${name}"`));
    const [, b, c] = await names();
    await post(`/api/queue/${c!.id}/move`, { place: 0 });
    await post(`/api/queue/${b!.id}/cancel`, {});

    await place.restart();

    expect((await names()).map(({ name }) => name)).toEqual(['c', 'a']);
    expect((await post(`/api/queue/${b!.id}/cancel`, {})).status).toBe(404);
    await post('/api/queue/pause', { isPaused: false });
    await until(async () => (await names()).length === 0);
    await waitForRun(3, 'done');
  });

  test('canceling stops a run; the stream tells it, and resumes after the last id that was seen', async () => {
    const seen: { id: string; type: string }[] = [];
    const stream = openStream(seen);
    await until(async () => seen.length > 0);
    const { id } = (await add(slow)).json() as { id: string };
    await until(async () => seen.some(({ type }) => type === 'step-progress'));
    stream.destroy();
    const last = seen.at(-1)!.id;
    await place.call(`/api/queue/${id}/cancel`, { method: 'POST', body: {} });
    await waitForRun(4, 'canceled');

    const more: { id: string; type: string }[] = [];
    const resumed = openStream(more, last);
    await until(async () => more.some(({ type }) => type === 'run-finished'));
    resumed.destroy();

    const numberOf = (event: { id: string }) => Number(event.id.split('-')[1]);
    expect(seen[0]!.type).toBe('reset');
    expect(numberOf(more[0]!)).toBe(numberOf({ id: last }) + 1);
    const unknown: { id: string; type: string }[] = [];
    const reset = openStream(unknown, 'other-3');
    await until(async () => unknown.length > 0);
    reset.destroy();
    expect(unknown[0]!.type).toBe('reset');
  });

  function openStream(into: { id: string; type: string }[], lastId?: string) {
    const { hostname, port, host } = new URL(place.server().origin);
    const headers = {
      host,
      authorization: `Bearer ${place.server().token}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    };
    const sent = request(
      { hostname, port, path: '/api/activity', headers, setHost: false },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const messages = text.split('\n\n');
          text = messages.pop()!;
          for (const message of messages) {
            const match = /^id: (.+)\ndata: (.+)$/.exec(message);
            if (match === null) continue;
            const data = JSON.parse(match[2]!) as { type: string; event?: { type: string } };
            into.push({ id: match[1]!, type: data.event?.type ?? data.type });
          }
        });
      },
    );
    sent.on('error', () => undefined); // destroyed by the test
    sent.end();
    return sent;
  }
});

describe('comparison', () => {
  test('names a node that made no scores', async () => {
    const { runs } = (await place.call('/api/runs')).json() as {
      runs: { runId: string; status: string }[];
    };
    const { runId } = runs.find(({ status }) => status === 'done')!;
    const side = { runId, nodeId: 'phantom' };
    const reply = await place.call('/api/compare', { method: 'POST', body: { a: side, b: side } });

    expect(reply.status).toBe(400);
    expect(reply.text).toContain('expected a node that made scores');
  });
});

describe('cells', () => {
  const withAxes = printDocument({
    ...parseDocument(small),
    variants: {
      count: { two: {}, four: { set: { 'first.count': 4 } }, bad: { set: { 'no.x': 1 } } },
    },
  });
  const readCells = async (text: string) => {
    const reply = await place.call('/api/cells', { method: 'POST', body: { text } });
    return (
      reply.json() as { cells: { cell: object; runId: string | null; problem: string | null }[] }
    ).cells;
  };

  test('are every combination, each with its newest run whatever that was called', async () => {
    const { runs } = (await place.call('/api/runs')).json() as {
      runs: { runId: string; status: string; graph: string }[];
    };
    const newest = runs.find(({ status }) => status === 'done')!;

    const [two, four, bad] = await readCells(withAxes.replace('"small"', '"renamed"'));

    expect(two).toEqual({ cell: { count: 'two' }, problem: null, runId: newest.runId, scores: [] });
    expect(four).toMatchObject({ cell: { count: 'four' }, problem: null, runId: null });
    expect(bad!.problem).toContain('no');
    expect(await readCells(small)).toEqual([]);
  });
});

describe('sweeps', () => {
  const readSweeps = async () =>
    ((await place.call('/api/sweeps')).json() as { sweeps: { sweepId: string }[] }).sweeps;

  test('are listed with their axes and how far they have come; one tells its cells and their runs', async () => {
    expect(await readSweeps()).toEqual([]);
    const { result } = await startSweep({
      document: parseDocument(small),
      request: { grids: ['first.count=1,2'], seeds: 2 },
      place: {
        home: place.home,
        graphPath: join(place.workspace, 'small.graph.json'),
        packages: nodePackages,
        workerEntry,
      },
      executor: createLocalExecutor({ workers: 1 }),
      command: 'radiograph sweep small.graph.json',
    });
    const { sweepId } = result;
    const reply = await place.call(`/api/sweeps/${sweepId}`);
    const { cells } = reply.json() as { cells: { runId: string }[] };

    expect(await readSweeps()).toMatchObject([
      {
        sweepId,
        status: 'done',
        axes: { 'first.count': ['1', '2'] },
        cells: 4,
        done: 4,
        failed: 0,
        best: null,
      },
    ]);
    expect(cells).toMatchObject(
      result.cells.map(({ values, seed, runId }) => ({ values, seed, runId, score: null })),
    );
    expect((await place.call(`/api/runs/${cells[0]!.runId}`)).status).toBe(200);
  });

  test('without scores have nothing to compare, and say so; unknown ones are refused', async () => {
    const [sweep] = await readSweeps();
    const comparison = await place.call(`/api/sweeps/${sweep!.sweepId}/comparison`);
    const unknown = await place.call('/api/sweeps/..%2Fruns');

    expect(comparison.status).toBe(400);
    expect(comparison.text).toContain('expected a node that made scores');
    expect(unknown.status).toBe(400);
    expect(unknown.text).toContain('expected the id of a sweep');
  });
});

test('the OpenAPI document has every route, with its parameters', async () => {
  const api = (await place.call('/api/openapi.json')).json() as {
    paths: Record<string, Record<string, { parameters: { name: string; required: boolean }[] }>>;
  };

  const count = Object.values(api.paths).flatMap((path) => Object.keys(path)).length;
  expect(count).toBe(listRoutes({} as Services).length);
  expect(api.paths['/api/runs/{id}/events']!.get!.parameters).toMatchObject([
    { name: 'id', required: true },
    { name: 'after', required: false },
  ]);
});

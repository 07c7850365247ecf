import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, validateGraph } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { nodeTypesOf } from '../run/services.ts';
import { type RunOptions, startRun } from '../run/start-run.ts';
import { testPackages } from '../testing/nodes.ts';
import type { RunEvent } from './events.ts';

type Nodes = Record<string, { type: string; params?: Record<string, unknown> }>;
type Change = Partial<RunOptions> & { readonly home: string };

async function run(nodes: Nodes, edges: Record<string, string>, change: Change) {
  const document = parseDocument(
    JSON.stringify({
      format: 'radiograph/1',
      name: 'branches',
      nodes: Object.fromEntries(Object.entries(nodes).map(([id, n]) => [id, { version: 1, ...n }])),
      edges: Object.entries(edges).map(([from, to]) => ({ from, to })),
    }),
  );
  const events: RunEvent[] = [];
  const { result } = await startRun({
    graph: validateGraph(document, createRegistry(nodeTypesOf(testPackages))),
    graphPath: join(change.home, 'g.json'),
    packages: testPackages,
    workerEntry: fileURLToPath(new URL('../testing/worker.ts', import.meta.url)),
    workerArguments: ['--import', 'tsx'],
    onEvent: (event) => events.push(event),
    ...change,
  });
  const order = events.flatMap((event) =>
    event.type === 'step-started' || event.type === 'step-finished'
      ? [`${event.type === 'step-started' ? '+' : '-'}${event.nodeId}`]
      : [],
  );
  return { result, order };
}

const pair = (patienceMs: number): Nodes => ({
  a: { type: 'test.meet', params: { me: 'a', other: 'b', patienceMs } },
  b: { type: 'test.meet', params: { me: 'b', other: 'a', patienceMs } },
});

test('[E25] two branches that wait for each other both end: they run at once', async () => {
  const { result, order } = await run(pair(60_000), {}, { home: createTemporaryFolder(), jobs: 2 });

  expect(result.status).toBe('done');
  expect(order.slice(0, 2)).toEqual(['+a', '+b']);
});

test('[E26] steps whose earlier peaks exceed the budget run one after another', async () => {
  const home = createTemporaryFolder();
  await run(pair(0), {}, { home, jobs: 2 });
  const { order } = await run(pair(1), {}, { home, jobs: 2, memoryBytes: 1e6 });

  expect(order).toEqual(['+a', '-a', '+b', '-b']);
});

test('[E27] a branch that fails lets the other finish, with the digests of one step at a time', async () => {
  const nodes = {
    bad: { type: 'test.number' },
    fail: { type: 'test.fail' },
    lost: { type: 'test.number' },
    good: { type: 'test.number', params: { value: 7 } },
    double: { type: 'test.double' },
  };
  const edges = { 'bad.table': 'fail.table', 'good.table': 'double.table' };
  const both = await run(nodes, edges, { home: createTemporaryFolder(), jobs: 2 });
  const one = await run(nodes, edges, { home: createTemporaryFolder(), jobs: 1 });

  expect(both.result.error?.message).toMatch(/^fail: somewhere: /);
  for (const id of Object.keys(nodes)) {
    expect(both.result.steps[id]!.status, id).toBe(one.result.steps[id]!.status);
    expect(both.result.steps[id]!.outputs).toEqual(one.result.steps[id]!.outputs);
  }
  expect(both.result.steps.double!.status).toBe('ran');
});

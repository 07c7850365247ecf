import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, type Graph, parseDocument, validateGraph } from '@radiograph/graph';
import type { Table } from '@radiograph/kinds';
import { createTemporaryFolder } from '@radiograph/testing';
import { afterAll, expect, test } from 'vitest';
import { openStore } from '../store/store.ts';
import { testPackages } from '../testing/nodes.ts';
import { nodeTypesOf } from './services.ts';
import { startRun } from './start-run.ts';
import { openWorkers } from './workers.ts';

const registry = createRegistry(nodeTypesOf(testPackages));
const code = {
  workerEntry: fileURLToPath(new URL('../testing/worker.ts', import.meta.url)),
  workerArguments: ['--import', 'tsx'],
};
const workers = openWorkers(code);
afterAll(() => workers.close());

/** number -> process -> last */
function graphOf(value: number, diesIfOld: boolean, last: object): Graph {
  const text = {
    format: 'radiograph/1',
    name: 'test',
    nodes: {
      number: { type: 'test.number', version: 1, params: { value } },
      process: { type: 'test.process', version: 1, params: { diesIfOld } },
      last: { version: 1, ...last },
    },
    edges: [
      { from: 'number.table', to: 'process.table' },
      { from: 'process.table', to: 'last.table' },
    ],
  };
  return validateGraph(parseDocument(JSON.stringify(text)), registry);
}

type Change = { readonly diesIfOld?: boolean; readonly last?: object };

async function runIn(
  home: string,
  value: number,
  { diesIfOld = false, last = { type: 'test.double' } }: Change = {},
) {
  const logs: string[] = [];
  const { result } = await startRun({
    ...code,
    graph: graphOf(value, diesIfOld, last),
    graphPath: join(home, 'graph.json'),
    home,
    packages: testPackages,
    workers,
    onEvent: (event) => {
      // Which of the run's nodes printed is a guess; which run did is not.
      if (event.type === 'step-log' && /^run |^the worker/.test(event.message))
        logs.push(event.message);
    },
  });
  const digest = result.steps.process!.outputs.table!;
  const { rows } = (await openStore(home).get(digest)).value as Table;
  const statuses = Object.values(result.steps).map(({ status }) => status);
  return { pid: rows[0]![0], logs, statuses, error: result.error };
}

test('[E40] [E41] runs share a process until one fails or it dies, which costs the run no step', async () => {
  const home = createTemporaryFolder();
  const run = (...args: [value: number, change?: Change]) => runIn(home, ...args);
  const first = await run(1);
  const second = await run(2);
  expect(second.pid).toBe(first.pid);
  expect([first.logs, second.logs]).toEqual([['run 1 for 1'], ['run 2 for 2']]);

  const died = await run(3, { diesIfOld: true });
  expect(died.pid).not.toBe(first.pid);
  expect(died.logs).toEqual([
    'the worker process was killed by SIGKILL after it had served other runs: begins again in a new one',
    'run 1 for 3',
  ]);
  expect(died.statuses).toEqual(['ran', 'ran', 'ran']);

  const third = await run(4);
  const failed = await run(5, { last: { type: 'test.fail', params: { how: 'bug' } } });
  expect(failed.pid).toBe(third.pid);
  expect(failed.error?.message).toContain('internal: a bug');
  expect((await run(6)).pid).not.toBe(third.pid);
});

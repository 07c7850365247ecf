import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, validateGraph } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { openStore } from '../store/store.ts';
import { testPackages } from '../testing/nodes.ts';
import { largestDifference } from './largest-difference.ts';
import { nodeTypesOf } from './services.ts';
import { startRun } from './start-run.ts';
import { verifyRun } from './verify-run.ts';

const start = {
  packages: testPackages,
  workerEntry: fileURLToPath(new URL('../testing/worker.ts', import.meta.url)),
  workerArguments: ['--import', 'tsx'],
};

test('[E21] a run is verified in a store of its own: to the bit, or by a stated tolerance', async () => {
  const home = createTemporaryFolder();
  const text = JSON.stringify({
    format: 'radiograph/1',
    name: 'verify',
    nodes: { number: { type: 'test.number', version: 1, params: { value: 3 } } },
    edges: [],
  });
  const registry = createRegistry(nodeTypesOf(testPackages));
  const graph = validateGraph(parseDocument(text), registry);
  const { result, folder } = await startRun({ ...start, graph, graphPath: 'g.json', home });
  const verify = (tolerance: number) =>
    verifyRun({ ...start, home, runId: 'latest', scratch: createTemporaryFolder(), tolerance });
  expect(await verify(0)).toEqual({ runId: result.runId, compared: 1, mismatches: [] });

  // A record that says 3.25 came out: as if the code had changed since.
  const store = openStore(home);
  const other = await store.put('table', { title: 'numbers', columns: ['value'], rows: [[3.25]] });
  const path = join(folder, 'result.json');
  const before = result.steps.number!.outputs.table!;
  writeFileSync(path, readFileSync(path, 'utf8').replace(before, other));
  expect((await verify(0)).mismatches).toEqual([
    { nodeId: 'number', port: 'table', before: other, after: before, difference: 0.25 },
  ]);
  expect((await verify(0.5)).mismatches).toEqual([]);
});

test('[E22] values differ by their numbers, or by infinity where anything else differs', () => {
  const weights = (value: number) => new Map([['w', { shape: [1], data: Float32Array.of(value) }]]);
  expect(largestDifference(weights(1), weights(1.5))).toBe(0.5);
  expect(largestDifference({ rows: [[1, 'a', null]] }, { rows: [[3, 'a', null]] })).toBe(2);
  for (const [a, b] of [
    ['a', 'b'],
    [[1], [1, 2]],
    [null, 0],
    [{ a: 1 }, { b: 1 }],
  ])
    expect(largestDifference(a, b)).toBe(Number.POSITIVE_INFINITY);
});

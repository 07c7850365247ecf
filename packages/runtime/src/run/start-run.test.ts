import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRegistry, parseDocument, validateGraph } from '@radiograph/graph';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { RunEvent } from '../execute/events.ts';
import { Provenance } from '../origin/origin.ts';
import { digestBytes } from '../store/files.ts';
import { testPackages } from '../testing/nodes.ts';
import { readManifest } from './manifest.ts';
import { listRuns, readRun } from './run-record.ts';
import { nodeTypesOf } from './services.ts';
import { type RunOptions, startRun } from './start-run.ts';

const registry = createRegistry(nodeTypesOf(testPackages));
const workerEntry = fileURLToPath(new URL('../testing/worker.ts', import.meta.url));

type Nodes = Record<string, { type: string; params?: Record<string, unknown> }>;
type Change = Partial<RunOptions> & { readonly home: string };

async function run(nodes: Nodes, edges: readonly (readonly [string, string])[], change: Change) {
  const numbered = Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => [id, { version: 1, ...node }]),
  );
  const text = JSON.stringify({
    format: 'radiograph/1',
    name: 'test',
    nodes: numbered,
    edges: edges.map(([from, to]) => ({ from, to })),
  });
  const events: RunEvent[] = [];
  const finished = await startRun({
    graph: validateGraph(parseDocument(text), registry),
    graphPath: join(change.home, 'graph.json'),
    packages: testPackages,
    workerEntry,
    workerArguments: ['--import', 'tsx'],
    onEvent: (event) => events.push(event),
    ...change,
  });
  const statuses = Object.fromEntries(
    Object.entries(finished.result.steps).map(([id, { status }]) => [id, status]),
  );
  return {
    ...finished,
    events,
    statuses,
    workerRan: events.some(({ type }) => type === 'step-started'),
  };
}

const chain = (value: number, note = ''): Nodes => ({
  number: { type: 'test.number', params: { value, note } },
  double: { type: 'test.double' },
  quadruple: { type: 'test.double' },
});
const wires = [
  ['number.table', 'double.table'],
  ['double.table', 'quadruple.table'],
] as const;

describe('startRun', () => {
  test('[E1] runs a graph once and reuses all of it the second time, without a worker', async () => {
    const home = createTemporaryFolder();
    const first = await run(chain(3), wires, { home });
    const second = await run(chain(3), wires, { home });

    expect(first.statuses).toEqual({ number: 'ran', double: 'ran', quadruple: 'ran' });
    expect(first.tables).toMatchObject([{ nodeId: 'quadruple', table: { rows: [[12]] } }]);
    expect(second.statuses).toEqual({ number: 'reused', double: 'reused', quadruple: 'reused' });
    expect(second.workerRan).toBe(false);
    expect(second.tables).toEqual(first.tables);
  });

  test('[E2] a changed parameter re-runs its node and what depends on it', async () => {
    const home = createTemporaryFolder();
    await run(chain(3), wires, { home });

    const changed = await run(chain(4), wires, { home });

    expect(changed.statuses).toEqual({ number: 'ran', double: 'ran', quadruple: 'ran' });
    expect(changed.result.steps.number!.reason).toBe('parameter value: 3 -> 4');
    expect(changed.result.steps.quadruple!.reason).toBe('input table changed');
  });

  test('[E3] a step that comes out the same stops the re-run (early cut-off)', async () => {
    const home = createTemporaryFolder();
    await run(chain(3), wires, { home });

    expect((await run(chain(3, 'only a note'), wires, { home })).statuses).toEqual({
      number: 'ran',
      double: 'reused',
      quadruple: 'reused',
    });
  });

  test('[E4] a failure blocks only what depends on it, names its node, and keeps what finished', async () => {
    const home = createTemporaryFolder();
    const nodes = { ...chain(3), fail: { type: 'test.fail', params: { how: 'data' } } };
    const finished = await run(nodes, [...wires, ['number.table', 'fail.table']], { home });

    expect(finished.statuses).toEqual({
      number: 'ran',
      double: 'ran',
      quadruple: 'ran',
      fail: 'failed',
    });
    expect(finished.result).toMatchObject({
      status: 'failed',
      error: { code: 'data', message: 'fail: somewhere: expected good data, got bad' },
    });
    expect((await run(chain(3), wires, { home })).workerRan).toBe(false);
  });

  test('[E5] our bugs come with their stack; not-a-number outputs name the array', async () => {
    const home = createTemporaryFolder();
    const failing = async (how: string) => {
      const nodes = {
        number: { type: 'test.number' },
        fail: { type: 'test.fail', params: { how } },
      };
      return (await run(nodes, [['number.table', 'fail.table']], { home })).result.error!;
    };

    const bug = await failing('bug');
    expect(bug.code).toBe('internal');
    expect(bug.message).toMatch(/^fail: Error: internal: a bug\n {4}at /);
    expect(await failing('nan')).toEqual({
      code: 'data',
      message: 'fail: probabilities: expected finite numbers, got NaN at 1',
    });
  });

  test('[E6] a worker that dies is explained with the node it was running, and the store stays usable', async () => {
    const home = createTemporaryFolder();
    for (const [how, expected] of [
      ['exit', 'exited with code 9'],
      ['kill', 'was killed by SIGKILL (often: out of memory'],
    ] as const) {
      const nodes = {
        number: { type: 'test.number' },
        fail: { type: 'test.fail', params: { how } },
      };
      const { result } = await run(nodes, [['number.table', 'fail.table']], { home });
      expect(result.error?.code).toBe('node');
      expect(result.error?.message).toContain(`fail: the worker process ${expected}`);
    }
    expect((await run({ number: { type: 'test.number' } }, [], { home })).statuses).toEqual({
      number: 'reused',
    });
  });

  test('[E7] cancel stops a node at its next progress, and one that never looks after the grace period', async () => {
    for (const how of ['wait', 'hang']) {
      const home = createTemporaryFolder();
      const controller = new AbortController();
      const afterCancel: string[] = [];
      const nodes = {
        number: { type: 'test.number' },
        fail: { type: 'test.fail', params: { how } },
      };
      const onEvent = (event: RunEvent) => {
        if (controller.signal.aborted) afterCancel.push(event.type);
        if (event.type === 'step-started' && event.nodeId === 'fail')
          setTimeout(() => controller.abort(), 100);
      };
      const { result } = await run(nodes, [['number.table', 'fail.table']], {
        home,
        onEvent,
        signal: controller.signal,
        graceMs: 500,
      });
      expect(result, how).toMatchObject({ status: 'canceled', error: { code: 'canceled' } });
      expect(result.steps.number!.status).toBe('ran');
      expect(afterCancel.filter((type) => type !== 'step-progress')).toEqual(['run-finished']);
    }
  });

  test('[E8] events are numbered from 1, typed, and kept as JSONL; the record can be read back', async () => {
    const home = createTemporaryFolder();
    const { events, result, folder } = await run(chain(5), wires, { home });

    const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => RunEvent.parse(JSON.parse(line)))).toEqual(events);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'step-log', nodeId: 'number', message: 'value 5' }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'step-progress', nodeId: 'double', done: 1, total: 1 }),
    );
    expect(await readRun(home, 'latest')).toEqual(result);
    expect(await listRuns(home)).toEqual([result.runId]);
    await expect(readRun(home, 'nonsense')).rejects.toThrow(
      `expected the id of a run (one of ${result.runId}), got nonsense`,
    );
  });

  test('[E9] only runs the named node and what it needs', async () => {
    const { statuses, tables } = await run(chain(1), wires, {
      home: createTemporaryFolder(),
      only: ['double'],
    });

    expect(statuses).toEqual({ number: 'ran', double: 'ran', quadruple: 'skipped' });
    expect(tables).toEqual([]);
  });

  test('[E10] tables, figures and scores are exported as files; a source that changed re-runs its node', async () => {
    const home = createTemporaryFolder();
    writeFileSync(join(home, 'picture.bin'), 'first');
    const graph = { ...chain(2), picture: { type: 'test.picture' } };
    const { folder, files } = await run(graph, wires, { home });
    expect(readdirSync(join(folder, 'outputs')).sort()).toEqual([
      'double.table.csv',
      'number.table.csv',
      'picture.figure.png',
      'provenance.json',
      'quadruple.table.csv',
    ]);
    expect(files).toHaveLength(4);
    expect(readFileSync(join(folder, 'outputs/double.table.csv'), 'utf8')).toBe('value\n4\n');

    writeFileSync(join(home, 'picture.bin'), 'second');
    const { result } = await run(graph, wires, { home });
    expect(result.steps.picture).toMatchObject({
      status: 'ran',
      reason: 'content of picture.bin changed',
    });
    expect(existsSync(join(home, 'picture.bin.read'))).toBe(true);
  });

  test('[E32] exported files are listed with what made them, and the store is none the wiser', async () => {
    const home = createTemporaryFolder();
    const first = await run(chain(2), wires, { home });
    const second = await run(chain(2), wires, { home });

    const read = ({ folder }: typeof first) =>
      Provenance.parse(JSON.parse(readFileSync(join(folder, 'outputs/provenance.json'), 'utf8')));
    const made = read(first).files['double.table.csv'];
    const manifest = await readManifest(home, first.result.runId);
    const { key, outputs } = first.result.steps.double!;
    expect(made).toEqual({
      run: first.result.runId,
      graph: manifest!.graph.sha256,
      node: 'double',
      port: 'table',
      step: key,
      artifact: outputs.table,
      sha256: digestBytes('value\n4\n'),
    });
    expect(read(second).files['double.table.csv']).toEqual({ ...made, run: second.result.runId });
    expect(second.statuses.double).toBe('reused');
  });

  test('[E11] a source that does not exist is a data error before anything runs', async () => {
    await expect(
      run({ picture: { type: 'test.picture' } }, [], { home: createTemporaryFolder() }),
    ).rejects.toThrow(/picture: .*picture\.bin: expected a file or folder, got nothing/);
  });
});

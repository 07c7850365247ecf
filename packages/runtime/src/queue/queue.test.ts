import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { thisProcess } from '../lease/process-identity.ts';
import { listRuns, readRun } from '../run/run-record.ts';
import { testPackages } from '../testing/nodes.ts';
import { printStanding } from './entry.ts';
import { openQueue, openQueueFiles, type Queue } from './queue.ts';
import { type QueueChange, QueueRunner } from './runner.ts';

const workerEntry = fileURLToPath(new URL('../testing/worker.ts', import.meta.url));

function graphText(name: string, nodes: Record<string, object>, wires: [string, string][] = []) {
  const numbered = Object.entries(nodes).map(([id, node]) => [id, { version: 1, ...node }]);
  const edges = wires.map(([from, to]) => ({ from, to }));
  return JSON.stringify({
    format: 'radiograph/1',
    name,
    nodes: Object.fromEntries(numbered),
    edges,
  });
}
const numberText = (name: string) => graphText(name, { number: { type: 'test.number' } });
const slowText = (name: string) =>
  graphText(
    name,
    { number: { type: 'test.number' }, wait: { type: 'test.fail', params: { how: 'wait' } } },
    [['number.table', 'wait.table']],
  );

function add(queue: Queue, name: string, priority = 0, text = numberText(name)): Promise<string> {
  const graphPath = join(queue.home, `${name}.graph.json`);
  return queue.add({ name, text, graphPath, only: null, engine: 'ort', priority });
}
const namesOf = async (queue: Queue) => (await queue.state()).runs.map(({ name }) => name);

function startRunner(queue: Queue, change: Partial<ConstructorParameters<typeof QueueRunner>[0]>) {
  const changes: QueueChange[] = [];
  const runner = new QueueRunner({
    queue,
    packages: testPackages,
    workerEntry,
    workerArguments: ['--import', 'tsx'],
    untilEmpty: true,
    onChange: (told) => changes.push(told),
    ...change,
  });
  return { runner, changes };
}

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 10));
};

describe('openQueue', () => {
  test('[Q1] higher priorities come first, equal ones in the order in which they were added', async () => {
    const queue = openQueue(createTemporaryFolder());
    await add(queue, 'a');
    await add(queue, 'b', 2);
    await add(queue, 'c');
    await add(queue, 'd', -1);
    await add(queue, 'e', 2);

    expect(await namesOf(openQueue(queue.home))).toEqual(['b', 'e', 'a', 'c', 'd']);
  });

  test('[Q2] a moved run stands exactly where it was put, whatever the priorities', async () => {
    const queue = openQueue(createTemporaryFolder());
    const ids = new Map<string, string>();
    for (const [name, priority] of [
      ['a', 5],
      ['b', 0],
      ['c', 0],
      ['d', -3],
    ] as const)
      ids.set(name, await add(queue, name, priority));
    let order = ['a', 'b', 'c', 'd'];
    for (const [name, place] of [
      ['d', 0],
      ['a', 2],
      ['c', 1],
      ['b', 9],
      ['a', 0],
      ['d', 2],
    ] as const) {
      order = order.filter((other) => other !== name).toSpliced(place, 0, name);
      expect(await queue.move(ids.get(name)!, place)).toBe(true);
      expect(await namesOf(queue)).toEqual(order);
    }
    expect(await queue.move('nobody', 0)).toBe(false);
  });

  test('[Q3] what was taken out is gone; pause is kept on disk', async () => {
    const queue = openQueue(createTemporaryFolder());
    expect(await queue.state()).toEqual({ isPaused: false, runs: [] });
    const id = await add(queue, 'a');
    await queue.pause(true);

    expect(await queue.remove(id)).toBe(true);
    expect(await queue.remove(id)).toBe(false);
    expect(await openQueue(queue.home).state()).toEqual({ isPaused: true, runs: [] });
    await queue.pause(false);
    expect((await queue.state()).isPaused).toBe(false);
  });
});

describe('the queue of an older version', () => {
  const run = { name: 'old', path: 'a/old.graph.json', only: null, addedAt: 'then', runId: null };

  test('[Q10] moves over once: what ran waits again, what was being canceled is gone, and it stays paused', async () => {
    const home = createTemporaryFolder();
    const statuses = ['running', 'canceling', 'waiting'] as const;
    const runs = statuses.map((status) => ({
      ...run,
      id: `is-${status}`,
      text: numberText(status),
      status,
    }));
    writeFileSync(join(home, 'queue.json'), JSON.stringify({ isPaused: true, runs }));
    const queue = openQueue(home);
    const newest = await add(queue, 'new');

    const states = await Promise.all([queue.state(), openQueue(home).state()]);
    expect(states[0]).toEqual(states[1]);
    expect(states[0].isPaused).toBe(true);
    expect(states[0].runs.map(({ id, status }) => [id, status])).toEqual([
      ['is-running', 'waiting'],
      ['is-waiting', 'waiting'],
      [newest, 'waiting'],
    ]);
    const { graphPath, text, name } = states[0].runs[0]!;
    expect(graphPath).toBe(join(home, '../a/old.graph.json'));
    expect([text, name]).toEqual([numberText('running'), 'old']);
    expect(readdirSync(home).filter((file) => file.startsWith('queue.json'))).toEqual([
      'queue.json.moved',
    ]);
  });

  test('[Q10] is refused by name where it is damaged', async () => {
    const home = createTemporaryFolder();
    writeFileSync(join(home, 'queue.json'), '{"runs":[');
    await expect(openQueue(home).state()).rejects.toThrow(
      `${join(home, 'queue.json')}: expected the queue of an older version`,
    );
  });
});

describe('QueueRunner', () => {
  test('[Q4] runs what waits in its order; the queue shows a run before its first event', async () => {
    const queue = openQueue(createTemporaryFolder());
    await add(queue, 'second');
    await add(queue, 'first', 1);
    const { runner, changes } = startRunner(queue, {});
    await runner.ended;

    const ids = await listRuns(queue.home);
    const graphs = await Promise.all(ids.map(async (id) => (await readRun(queue.home, id)).graph));
    expect(graphs).toEqual(['first', 'second']);
    expect(await queue.state()).toEqual({ isPaused: false, runs: [] });
    expect(readdirSync(join(queue.home, 'queue/runners'))).toEqual([]);
    for (const id of ids) {
      const shown = changes.findIndex(
        (told) => told.type === 'queue' && told.queue.runs.some(({ runId }) => runId === id),
      );
      const events = changes.flatMap((told, i) =>
        told.type === 'run' && told.runId === id ? [i] : [],
      );
      expect(shown).toBeGreaterThanOrEqual(0);
      expect(events[0]).toBeGreaterThan(shown);
    }
  });

  test('[Q5] a paused queue starts nothing; an entry that cannot run is refused with its reason and leaves', async () => {
    const queue = openQueue(createTemporaryFolder());
    await add(queue, 'broken', 0, '{}');
    await queue.pause(true);
    await startRunner(queue, {}).runner.ended;
    expect(await namesOf(queue)).toEqual(['broken']);

    await queue.pause(false);
    const { runner, changes } = startRunner(queue, {});
    await runner.ended;
    expect(changes.filter(({ type }) => type === 'run-refused')).toMatchObject([
      { name: 'broken', message: expect.stringContaining('format') },
    ]);
    expect(await namesOf(queue)).toEqual([]);
  });

  test('[Q6] two runners on one queue start each entry once', async () => {
    const queue = openQueue(createTemporaryFolder());
    for (let i = 0; i < 12; i++) await add(queue, `run ${i}`, 0, '{}');
    const runners = [0, 1, 2].map(() => startRunner(openQueue(queue.home), {}));
    await Promise.all(runners.map(({ runner }) => runner.ended));

    const refused = runners.flatMap(({ changes }) =>
      changes.flatMap((told) => (told.type === 'run-refused' ? [told.name] : [])),
    );
    expect(refused.sort()).toEqual(Array.from({ length: 12 }, (_, i) => `run ${i}`).sort());
  });

  test('[Q7] a running entry is canceled from anywhere; one whose runner closes waits again in its place', async () => {
    const queue = openQueue(createTemporaryFolder());
    await add(queue, 'slow', 0, slowText('slow'));
    await add(queue, 'next');
    const first = startRunner(queue, { untilEmpty: false });
    const hasStarted = (changes: QueueChange[]) =>
      changes.some((told) => told.type === 'run' && told.event.type === 'step-progress');
    await until(() => hasStarted(first.changes));
    await first.runner.close();
    expect(await queue.state()).toMatchObject({
      runs: [
        { name: 'slow', status: 'waiting', runId: null },
        { name: 'next', status: 'waiting' },
      ],
    });

    const second = startRunner(queue, {});
    await until(() => hasStarted(second.changes));
    const other = openQueue(queue.home); // as another process would
    const { runs } = await other.state();
    expect(runs[0]).toMatchObject({ name: 'slow', status: 'running' });
    expect(await other.remove(runs[0]!.runId!)).toBe(true);
    await second.runner.ended;
    const statuses = await Promise.all(
      (await listRuns(queue.home)).map(async (id) => (await readRun(queue.home, id)).status),
    );
    expect(statuses).toEqual(['canceled', 'canceled', 'done']);
  });

  test('[Q8] what a dead runner had waits again; what it was canceling, or had just ended, leaves', async () => {
    const queue = openQueue(createTemporaryFolder());
    for (const name of ['had', 'canceling', 'ended', 'waiting']) await add(queue, name);
    const files = openQueueFiles(queue.home);
    const [had, canceling, ended] = await files.list();
    const result = { graph: 'ended', status: 'done', seconds: 0, finishedAt: '', steps: {} };
    mkdirSync(join(queue.home, 'runs/r1'), { recursive: true });
    const text = JSON.stringify({ runId: 'r1', ...result, error: null });
    writeFileSync(join(queue.home, 'runs/r1/result.json'), text);
    mkdirSync(join(files.folder, 'runners'), { recursive: true });
    for (const [runner, runId] of [
      ['one', null],
      ['two', 'r1'],
    ] as const) {
      const dead = { ...thisProcess, born: 'another birth', runId };
      writeFileSync(join(files.folder, `runners/${runner}.json`), JSON.stringify(dead));
    }
    await files.change(had!, { status: 'running', runner: 'one' });
    await files.change(canceling!, { status: 'canceling', runner: 'one' });
    await files.change(ended!, { status: 'running', runner: 'two' });
    expect((await queue.state()).runs[0]).toMatchObject({ name: 'had', status: 'waiting' });

    await queue.pause(true);
    await startRunner(queue, {}).runner.ended;
    expect(await namesOf(queue)).toEqual(['had', 'waiting']);
    expect((await files.list()).map(({ status }) => status)).toEqual(['waiting', 'waiting']);
  });

  test('[Q9] a damaged entry does not block the others, and is refused by name', async () => {
    const queue = openQueue(createTemporaryFolder());
    const id = await add(queue, 'whole');
    const file = { id, priority: 0, place: 1, status: 'waiting', runner: '' } as const;
    writeFileSync(join(queue.home, 'queue', printStanding(file)), '{"id":"');
    await add(queue, 'other');
    const { runner, changes } = startRunner(queue, {});
    await runner.ended;

    expect(changes.filter(({ type }) => type === 'run-refused')).toMatchObject([
      { name: `${id} (damaged on disk)` },
    ]);
    expect(await listRuns(queue.home)).toHaveLength(1);
  });
});

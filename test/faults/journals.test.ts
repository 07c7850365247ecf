/** Faults of time and company: torn journals, clocks that go back, processes that are killed, two runners at once. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  listRuns,
  openQueue,
  openServices,
  openStore,
  type RunEvent,
  readRun,
  readRunEvents,
  summarizeRuns,
} from '@radiograph/runtime';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Lab, openLab, plain, readSchema } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());
afterEach(() => vi.useRealTimers());

const number = { type: 'fault.number' };
const chain = { number, next: { type: 'fault.tell', params: { until: 'go' } } };
const wires = [['number.table', 'next.table']] as const;

/** A process id that nobody has: above the largest of Linux. */
const nobody = 2 ** 22 + 1;

describe('a torn last line of a journal', () => {
  test('costs that line: the events before it and those after it are read', async () => {
    const home = lab.newHome();
    const { result, events } = await lab.run(home, { number });
    appendFileSync(join(home, 'runs', result.runId, 'events.jsonl'), '{"id":9,"ty');
    appendFileSync(join(home, 'store/history/fault.number.jsonl'), '{"key":"4');
    expect(await readRunEvents(home, result.runId)).toEqual(events);

    await lab.run(home, { number: { ...number, params: { note: 'second' } } });
    const place = { home, graphPath: join(home, 'g'), packages: lab.packages };
    const { services } = await openServices(place);
    expect(await services.history('fault.number', 'number')).toHaveLength(2);
  });

  test('is said of the run that was interrupted while it wrote it, and its steps are reused', async () => {
    const home = lab.newHome();
    const { result } = await lab.run(home, { number });
    const record = join(home, 'runs', result.runId);
    rmSync(join(record, 'result.json'));
    const start = JSON.parse(readFileSync(join(record, 'run.json'), 'utf8')) as object;
    writeFileSync(join(record, 'run.json'), JSON.stringify({ ...start, pid: nobody }));
    truncateSync(
      join(record, 'events.jsonl'),
      readFileSync(join(record, 'events.jsonl')).length - 9,
    );

    const [summary] = await summarizeRuns(home);
    expect(`${summary!.status}: ${plain(summary!.error!, home)}`).toMatchSnapshot();
    expect((await lab.run(home, { number })).statuses).toEqual({ number: 'reused' });
  });
});

test('a clock that goes back reorders no runs, makes no time negative, changes no key, and is said', async () => {
  const home = lab.newHome();
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-05-01T12:00:00Z') });
  const first = await lab.run(home, { number });
  // The worker has a clock of its own: its record is put into the future by hand.
  const store = openStore(home);
  const record = (await store.lookup(first.result.steps.number!.key!))!;
  for (const digest of Object.values(record.outputs)) {
    const { kind, value } = await store.get(digest);
    await store.put(kind, value as never); // kind and value belong together
  }
  await store.forget(record.key);
  await store.remember({ ...record, finishedAt: '2030-05-01T12:00:00.000Z' });
  vi.setSystemTime(new Date('2020-01-01T00:00:00Z'));
  const second = await lab.run(home, { number: { ...number, params: { value: 2 } } });
  const third = await lab.run(home, { number });

  expect(await listRuns(home)).toEqual([first, second, third].map(({ result }) => result.runId));
  expect((await readRun(home, 'latest')).runId).toBe(third.result.runId);
  expect(third.statuses).toEqual({ number: 'reused' });
  expect(third.result.steps.number!.reason).toMatchSnapshot();
  expect([first, second, third].every(({ result }) => result.seconds >= 0)).toBe(true);
});

test('two runners at once compute each step once; the second says for whom it waits', async () => {
  const home = lab.newHome();
  const second: Promise<Awaited<ReturnType<Lab['run']>>>[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.type === 'step-log' && event.message.startsWith('waits'))
      writeFileSync(join(home, 'go'), '');
    if (event.type === 'step-started' && event.nodeId === 'next' && second.length === 0)
      second.push(lab.run(home, chain, wires, { onEvent }));
  };
  const runs = [await lab.run(home, chain, wires, { onEvent }), await second[0]!];

  const started = runs.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'step-started' ? [event.nodeId] : [])),
  );
  expect(started).toEqual(['number', 'next']);
  expect(runs.map(({ result }) => result.status)).toEqual(['done', 'done']);
  expect(runs[0]!.result.steps.next!.outputs).toEqual(runs[1]!.result.steps.next!.outputs);
  const { logs, result } = runs[1]!;
  expect([...logs, result.steps.next!.reason].map((line) => plain(line, home))).toMatchSnapshot();
});

test('what a runner that was killed had begun is listed with what to do, and goes on', async () => {
  const home = lab.newHome();
  const text = lab.textOf(chain, wires);
  const entry = { name: 'q', text, graphPath: join(home, 'g'), only: null, engine: 'ort' } as const;
  await openQueue(home).add(entry);
  const runner = lab.startRunner(home);
  await until(runner, 'step-progress');
  runner.kill('SIGKILL');
  await once(runner, 'exit');

  const [summary] = await summarizeRuns(home);
  expect(`${summary!.status}: ${plain(summary!.error!, home)}`).toMatchSnapshot();
  expect((await openQueue(home).state()).runs.map(({ status }) => status)).toEqual(['waiting']);
  writeFileSync(join(home, 'go'), '');
  const again = await lab.run(home, chain, wires);
  expect(again.result.steps.number!.status).toBe('reused');
  expect(again.result.status).toBe('done');
});

test('several runners that are killed leave a message each, and another one finishes what all of them had', async () => {
  const home = lab.newHome();
  const queue = openQueue(home);
  for (const name of ['a', 'b', 'c']) {
    // Of one step two runs at once would wait for each other.
    const step = { type: 'fault.tell', params: { until: `go-${name}` } };
    const text = lab.textOf({ number, next: step }, wires);
    await queue.add({ name, text, graphPath: join(home, 'g'), only: null, engine: 'ort' });
  }
  const runners = [lab.startRunner(home), lab.startRunner(home)];
  await Promise.all(runners.map((runner) => until(runner, 'step-progress')));
  for (const runner of runners) runner.kill('SIGKILL');
  await Promise.all(runners.map((runner) => once(runner, 'exit')));

  const say = async () => {
    const runs = (await summarizeRuns(home)).reverse(); // the oldest first
    const { runs: waiting } = await queue.state();
    return {
      runs: runs.map(({ status, error }) => `${status}: ${plain(error ?? 'no error', home)}`),
      queue: waiting.map(({ name, status }) => `${name}: ${status}`),
    };
  };
  expect(await say()).toMatchSnapshot();
  for (const name of ['a', 'b', 'c']) writeFileSync(join(home, `go-${name}`), '');
  const last = lab.startRunner(home);
  expect(await once(last, 'exit')).toEqual([0, null]);
  expect(await say()).toMatchSnapshot();
});

/** Goes on reading: a runner whose pipe is closed ends by itself, before anybody kills it. */
function until(runner: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve) => {
    runner.stdout!.on('data', (data: Buffer) => {
      if (data.toString().includes(word)) resolve();
    });
  });
}

describe('what is written for other programs', () => {
  const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

  test('fits its published schema line by line, and every type of event occurs', async () => {
    const home = lab.newHome();
    writeFileSync(join(home, 'go'), '');
    const counted = { ...number, params: { note: 'counted' } };
    const failing = {
      ...chain,
      counted,
      fail: { type: 'fault.fail' },
      after: { type: 'fault.double' },
    };
    const more = [...wires, ['number.table', 'fail.table'], ['fail.table', 'after.table']] as const;
    const runs = [await lab.run(home, failing, more), await lab.run(home, failing, more)];

    const event = readSchema('run-event');
    const seen = new Set<string>();
    for (const { folder } of runs) {
      const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
      for (const line of lines) seen.add((event.parse(JSON.parse(line)) as RunEvent).type);
      readSchema('plan').parse(readJson(join(folder, 'plan.json')));
      readSchema('run-manifest').parse(readJson(join(folder, 'manifest.json')));
      readSchema('provenance').parse(readJson(join(folder, 'outputs/provenance.json')));
    }
    expect([...seen].sort()).toEqual(publishedTypes('run-event'));
    const plans = runs.flatMap(
      ({ folder }) => readJson(join(folder, 'plan.json')) as { type: string }[],
    );
    expect(new Set(plans.map(({ type }) => type))).toEqual(new Set(['run', 'reuse']));
  });

  test('is refused by its schema when a field is missing or one too many', async () => {
    const home = lab.newHome();
    const { events, folder } = await lab.run(home, { number });
    const documents = [
      ['run-event', events[0]!, 'runId'],
      ['plan', (readJson(join(folder, 'plan.json')) as object[])[0]!, 'nodeId'],
      ['run-manifest', readJson(join(folder, 'manifest.json')) as object, 'machine'],
      ['provenance', readJson(join(folder, 'outputs/provenance.json')) as object, 'files'],
    ] as const;
    for (const [name, document, field] of documents) {
      const schema = readSchema(name);
      const fits = (value: object) => schema.safeParse(name === 'plan' ? [value] : value).success;
      expect(fits(document), name).toBe(true);
      expect(fits({ ...document, surplus: 1 }), name).toBe(false);
      expect(fits({ ...document, [field]: undefined }), `${name} without ${field}`).toBe(false);
    }
  });
});

/** The names in the published union. */
function publishedTypes(name: string): string[] {
  const path = new URL(`../../docs/schemas/${name}.schema.json`, import.meta.url);
  const { oneOf } = JSON.parse(readFileSync(path, 'utf8')) as {
    oneOf: { properties: { type: { const: string } } }[];
  };
  return oneOf.map(({ properties }) => properties.type.const).sort();
}

/** What a lab does to a pipeline tool: every fault has an outcome, a message that says what to do, and a store that stays usable. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planGraph } from '@radiograph/graph';
import { openServices, type RunEvent, readRunEvents, summarizeRuns } from '@radiograph/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, openLab, plain } from './lab.ts';
import type { Way } from './nodes.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());
const newHome = () => lab.newHome();
const run: Lab['run'] = (...what) => lab.run(...what);

const number = { type: 'fault.number' };
const wireUp = [['number.table', 'next.table']] as const;

describe('a node that', () => {
  const expected: Partial<Record<Way, string>> = {};
  test.each<Way>([
    'throw',
    'throw text',
    'wrong kind',
    'no object',
    'nothing',
    'nan',
    'abort',
    'kill',
    'segfault',
    'exit',
    'out of memory',
  ])('fails by "%s" is named with its reason; what finished is kept', async (how) => {
    const home = newHome();
    const nodes = { number, next: { type: 'fault.fail', params: { how } } };
    const { result, statuses } = await run(home, nodes, wireUp, {
      workerArguments: ['--max-old-space-size=64'],
    });

    expect(statuses).toEqual({ number: 'ran', next: 'failed' });
    expected[how] = plain(result.error?.message, home);
    expect(`${result.error?.code}: ${expected[how]}`).toMatchSnapshot();
    expect((await run(home, { number })).statuses).toEqual({ number: 'reused' });
  });

  test('hangs is killed when the run is canceled, which says which one and how long it was silent', async () => {
    const home = newHome();
    const controller = new AbortController();
    const nodes = { number, next: { type: 'fault.fail', params: { how: 'hang' } } };
    const { result } = await run(home, nodes, wireUp, {
      signal: controller.signal,
      graceMs: 200,
      onEvent: (event) => {
        if (event.type === 'step-started' && event.nodeId === 'next') controller.abort();
      },
    });

    const message = result.error?.message.replace(/sign for [\d.]+ s/, 'sign for N s');
    expect(`${result.error?.code}: ${message}`).toMatchSnapshot();
    expect((await run(home, { number })).statuses).toEqual({ number: 'reused' });
  });

  test('prints garbage fills its log with readable lines and disturbs no event', async () => {
    const home = newHome();
    const nodes = { number, next: { type: 'fault.fail', params: { how: 'print' } } };
    const { statuses, logs, events, result } = await run(home, nodes, wireUp);

    expect(statuses).toEqual({ number: 'ran', next: 'ran' });
    expect(
      logs.map((line) => (line.length > 100 ? `${line.length} x` : line)).sort(),
    ).toMatchSnapshot();
    expect(await readRunEvents(home, result.runId)).toEqual(events);
  });
});

describe('an artifact that the disk', () => {
  const isDear = { params: { isDear: true } };
  const dearNumber = { ...number, ...isDear };
  const chains = {
    blobs: { number: dearNumber, next: { type: 'fault.double', ...isDear } },
    artifacts: { number: dearNumber, next: { type: 'fault.double', ...isDear } },
    journal: { number, next: { type: 'fault.double' } },
  };
  const filesOf = (home: string, folder: string) =>
    readdirSync(join(home, 'store', folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const flip = (path: string) => {
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 4;
    writeFileSync(path, bytes);
  };
  const cut = (path: string) => truncateSync(path, readFileSync(path).length >> 1);

  const damages = { 'flipped a bit of': flip, cut, lost: (path: string) => rmSync(path) };
  const cases = Object.entries(damages).flatMap(([name, damage]) =>
    (['blobs', 'artifacts', 'journal'] as const).map((folder) => ({ name, damage, folder })),
  );

  test.each(cases)(
    '$name in $folder is reported and computed again, to the same digests',
    async ({ damage, folder }) => {
      const home = newHome();
      const nodes = chains[folder];
      const first = await run(home, nodes, wireUp);
      for (const path of filesOf(home, folder)) damage(path);
      const second = await run(home, nodes, wireUp);

      expect(second.result.error).toBe(null);
      expect(second.result.status).toBe('done');
      expect(second.tables).toEqual(first.tables);
      for (const id of ['number', 'next'])
        expect(second.result.steps[id]!.outputs).toEqual(first.result.steps[id]!.outputs);
      const reasons = second.events.flatMap((event) =>
        event.type === 'step-started' ? [`${event.nodeId}: ${event.reason}`] : [],
      );
      expect([...second.logs, ...reasons].map((line) => plain(line, home))).toMatchSnapshot();
      expect((await run(home, nodes, wireUp)).statuses).toEqual({
        number: 'reused',
        next: 'reused',
      });
    },
  );

  test('damaged is found when a step reads it, and its maker runs again first', async () => {
    const home = newHome();
    const sumOf = (note: string) => ({
      number: { type: 'fault.weights', ...isDear },
      next: { type: 'fault.sum', params: { note } },
    });
    const wires = [['number.model', 'next.model']] as const;
    await run(home, sumOf('first'), wires);
    for (const path of filesOf(home, 'blobs')) flip(path);
    const { logs, statuses, tables } = await run(home, sumOf('second'), wires);

    expect(statuses).toEqual({ number: 'ran', next: 'ran' });
    expect(tables[0]!.table.rows).toEqual([[10]]);
    expect(logs.map((line) => plain(line, home))).toMatchSnapshot();
  });

  test('has damaged the step records and results of is run again, and listed as interrupted', async () => {
    const home = newHome();
    const { result } = await run(home, { number: dearNumber });
    for (const path of filesOf(home, 'steps')) cut(path);
    cut(join(home, 'runs', result.runId, 'result.json'));

    expect((await summarizeRuns(home))[0]).toMatchObject({ runId: result.runId });
    const again = await run(home, { number: dearNumber });
    expect(again.statuses).toEqual({ number: 'ran' });
    expect(again.result.steps.number!.reason).toMatchSnapshot();
  });
});

test('a data file that changes during the run fails its node instead of giving a wrong cache entry', async () => {
  const home = newHome();
  writeFileSync(join(home, 'data.txt'), 'data');
  const growing = { read: { type: 'fault.read', params: { grow: true } } };
  const { result } = await run(home, growing);
  expect(`${result.error?.code}: ${plain(result.error?.message, home)}`).toMatchSnapshot();

  const { statuses, tables } = await run(home, { read: { type: 'fault.read' } });
  expect(statuses).toEqual({ read: 'ran' });
  expect(tables[0]!.table.rows).toEqual([[8]]);
});

describe('a disk that', () => {
  /** A small file system of its own; undefined, and said so, where this user may not mount one. */
  const mount = (options: string): string | undefined => {
    const home = newHome();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', home], { stdio: 'pipe' });
      mounted.push(home);
      return home;
    } catch (error) {
      process.stdout.write(
        `skipped: only root may mount a small disk (${String(error).slice(0, 80)})\n`,
      );
      return undefined;
    }
  };
  const mounted: string[] = [];
  afterAll(() => {
    for (const home of mounted) execFileSync('umount', ['-l', home]);
  });

  test('is full fails the step with what to do, and goes on from there once there is room', async ({
    skip,
  }) => {
    const home = mount('size=1m') ?? skip();
    const big = (value: number) => ({ number: { ...number, params: { value } } });
    const { result, statuses } = await run(home, { ...big(4e6), small: number });
    expect(`${result.error?.code}: ${plain(result.error?.message, home)}`).toMatchSnapshot();
    expect(statuses).toEqual({ number: 'failed', small: 'ran' });

    execFileSync('mount', ['-o', 'remount,size=64m', home]);
    const again = await run(home, { ...big(4e6), small: number });
    expect(again.statuses).toEqual({ number: 'ran', small: 'reused' });
  });

  test('is full to the last byte still ends the run with an error, not with a crash', async ({
    skip,
  }) => {
    const home = mount('size=1m') ?? skip();
    const onEvent = (event: RunEvent) => {
      if (event.type !== 'run-started') return;
      try {
        writeFileSync(join(home, 'ballast'), new Uint8Array(2e6));
      } catch {
        // that was the aim
      }
    };
    const { result } = await run(home, { number }, [], { onEvent });
    expect(result.status).toBe('failed');
    expect(`${result.error?.code}: ${plain(result.error?.message, home)}`).toMatchSnapshot();
  });

  test('is read-only lets plan answer, and says before a run why nothing can be run', async ({
    skip,
  }) => {
    const home = mount('size=4m') ?? skip();
    await run(home, { number });
    execFileSync('mount', ['-o', 'remount,ro', home]);
    const place = { home, graphPath: join(home, 'g'), packages: lab.packages };
    const { services, save } = await openServices(place);
    const { steps } = await planGraph(lab.graphOf({ number }), services);
    await save();
    expect(steps.map(({ type }) => type)).toEqual(['reuse']);

    const error: unknown = await run(home, { number }).catch((reason: unknown) => reason);
    expect(plain(String(error), home).replace(/runs\/\S+:/, 'runs/ID:')).toMatchSnapshot();
  });
});

import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type GraphDocument, printDocument } from '@radiograph/graph';
import { collectGarbage } from '@radiograph/runtime';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import type { SweepPlan } from '../plan/plan-sweep.ts';
import { writeReport } from '../report/write-report.ts';
import { chainDocument, listDocument, testPlace } from '../testing/sweep.ts';
import type { SweepEvent } from './events.ts';
import { createLocalExecutor, orderByNeed } from './local.ts';
import { openSweep, type SweepOptions, startSweep } from './start-sweep.ts';
import { readSweepDetails, type SweepDetails } from './sweep-details.ts';
import { type SweepResult, summarizeSweeps } from './sweep-record.ts';

type Change = Partial<SweepOptions> & { readonly home: string };

async function sweep({ home, ...change }: Change) {
  const events: SweepEvent[] = [];
  const { result } = await startSweep({
    document: chainDocument(),
    request: { grids: ['arm.amount=1,2'], seeds: 2 },
    place: testPlace(home),
    executor: createLocalExecutor({ workers: 2 }),
    command: 'test',
    onEvent: (event) => events.push(event),
    ...change,
  });
  return { result, ran: listRan(events), events };
}

/** Nodes of the steps that finished, sorted. */
function listRan(events: readonly SweepEvent[]): string[] {
  return events
    .flatMap((event) =>
      event.type === 'job-event' && event.event.type === 'step-finished'
        ? [event.event.nodeId]
        : [],
    )
    .sort();
}

const twice = (nodeId: string) => [nodeId, nodeId];
const fourTimes = (nodeId: string) => [...twice(nodeId), ...twice(nodeId)];

describe('startSweep', () => {
  test('[W33] while it goes on a budget removes nothing that its cells may reuse, started or not', async () => {
    const home = createTemporaryFolder();
    const { packages } = testPlace(home);
    const collect = () => collectGarbage({ home, maxBytes: 0, packages });
    await sweep({ home, request: { grids: ['arm.amount=7'], seeds: 1 } });
    const collected: ReturnType<typeof collect>[] = [];
    const onEvent = (event: SweepEvent) => {
      const isFirst = collected.length === 0; // a later one might come after the end
      if (isFirst && event.type === 'job-event' && event.event.type === 'step-finished')
        collected.push(collect());
    };
    const { result } = await sweep({ home, onEvent });
    const removed = (await Promise.all(collected)).flatMap(({ steps }) => steps);
    expect(removed.map(({ record }) => record.nodeId).sort()).toEqual(['arm']);
    expect(result).toMatchObject({ status: 'done', steps: { ran: 10, reused: 2 } });
    expect((await collect()).steps).toHaveLength(13); // the other score has the recipe of these
  });

  test('[W5] what cells share runs once per seed; every cell ends as a run of its own', async () => {
    const home = createTemporaryFolder();
    const { result, ran } = await sweep({ home });

    expect(ran).toEqual([
      ...fourTimes('arm'),
      ...twice('base'),
      ...twice('draw'),
      ...fourTimes('score'),
    ]);
    expect(result).toMatchObject({ status: 'done', steps: { ran: 12, reused: 0 } });
    expect(new Set(result.cells.map(({ runId }) => runId)).size).toBe(4);
    expect(result.cells[0]!.outputs.draw).toEqual(result.cells[2]!.outputs.draw);
    expect(result.cells[0]!.outputs.score).not.toEqual(result.cells[2]!.outputs.score);
  });

  test('[W6] an added value runs only what is new, and the same sweep again runs nothing', async () => {
    const home = createTemporaryFolder();
    await sweep({ home, request: { grids: ['arm.amount=1'] } });

    const wider = await sweep({ home, request: { grids: ['arm.amount=1,2'] } });
    expect(wider.ran).toEqual(['arm', 'score']);
    expect(wider.result.steps).toEqual({ ran: 2, reused: 4 });
    expect((await sweep({ home, request: { grids: ['arm.amount=1,2'] } })).ran).toEqual([]);
  });

  test('[W7] a failed cell does not stop the others, and is listed with its reason', async () => {
    const document = chainDocument({ params: { refuse: 2 } });
    const { result } = await sweep({
      home: createTemporaryFolder(),
      document,
      request: { grids: ['arm.amount=1,2'] },
    });

    expect(result.cells.map(({ status }) => status)).toEqual(['done', 'failed']);
    expect(result.cells[1]!.reason).toContain('arm: amount: expected another amount, got 2');
    expect(result.status).toBe('failed');
  });

  test('[W7] a shared step that fails runs once and fails the cells behind it', async () => {
    const variants = {
      base: {
        good: { set: { 'base.amount': 1 } },
        bad: { set: { 'base.amount': 2, 'base.refuse': 2 } },
      },
    };
    const { result, events } = await sweep({
      home: createTemporaryFolder(),
      document: chainDocument({ variants }),
      request: { grids: ['arm.amount=1,2'], skip: [{ base: 'good', 'arm.amount': '2' }] },
    });

    expect(result.cells.map(({ status }) => status)).toEqual(['done', 'failed', 'failed']);
    expect(result.cells[2]!.reason).toContain('base: amount: expected another amount, got 2');
    const failures = events.filter(
      (event) => event.type === 'job-event' && event.event.type === 'step-failed',
    );
    expect(failures).toHaveLength(1);
  });

  test('[W8] [W25] killed in the middle, a sweep counts as interrupted; the same sweep again runs no finished step and ends the same', async () => {
    const home = createTemporaryFolder();
    const before = await runAndKill(home);
    const statuses = async () => (await summarizeSweeps(home)).map(({ status }) => status);
    expect(await statuses()).toEqual(['interrupted']);
    const document = chainDocument({ params: { delayMs: 300 } });
    const request = { grids: ['arm.amount=1,2'], seeds: 2 };
    const after = await sweep({ home, document, request });
    const unbroken = createTemporaryFolder();
    const whole = await sweep({ home: unbroken, document, request });

    expect(await statuses()).toEqual(['done', 'interrupted']);
    expect(listRan(before).length).toBeGreaterThan(0);
    expect(after.ran.length).toBeLessThan(whole.ran.length);
    // One line for every time that a step has run: as many as if nothing had happened.
    expect(countComputed(home)).toEqual(countComputed(unbroken));
    const withoutRuns = ({ cells }: typeof whole.result) =>
      cells.map(({ runId: _, ...cell }) => cell);
    expect(withoutRuns(after.result)).toEqual(withoutRuns(whole.result));
    const files = await readReport(home, after.result, document);
    expect(files.size).toBeGreaterThan(10);
    expect(await readReport(unbroken, whole.result, document)).toEqual(files);
  });

  test('[W32] a sweep tells how far each of its cells has come, also while it runs and after it was killed', async () => {
    const home = createTemporaryFolder();
    let sweepId = '';
    let seen: Promise<SweepDetails> | undefined;
    const { result } = await sweep({
      home,
      document: chainDocument({ params: { delayMs: 200 } }),
      request: { grids: ['arm.amount=1,2'] },
      executor: createLocalExecutor({ workers: 1 }),
      onEvent: (event) => {
        if (event.type === 'sweep-started') sweepId = event.sweepId;
        if (event.type === 'job-finished' && event.job === 'cell-1')
          seen ??= readSweepDetails(home, sweepId);
      },
    });
    const [first, second] = (await seen!).cells;
    const killedHome = createTemporaryFolder();
    await runAndKill(killedHome);
    const [killed] = await summarizeSweeps(killedHome);
    const broken = await readSweepDetails(killedHome, killed!.sweepId);

    expect(first).toEqual(result.cells[0]);
    expect(second).toMatchObject({ values: { 'arm.amount': '2' }, seed: 5, outputs: {} });
    expect(second!.status).toMatch(/^(running|waiting)$/);
    expect((await readSweepDetails(home, sweepId)).cells).toEqual(result.cells);
    expect(broken.cells.map(({ name }) => name)).toEqual(killed!.cells);
    expect(broken.cells.map(({ status }) => status)).toContain('missing');
    await expect(readSweepDetails(home, '../sweeps')).rejects.toThrow('expected the id of a sweep');
  });

  test('[W29] sweeps that share a store at once compute each step once', async () => {
    const home = createTemporaryFolder();
    const document = chainDocument({ params: { delayMs: 100 } });
    const grids = ['arm.amount=1,2', 'arm.amount=2,3'];
    const [one, other] = await Promise.all(
      grids.map((grid) =>
        sweep({
          home,
          document,
          request: { grids: [grid] },
          executor: createLocalExecutor({ workers: 1 }),
        }),
      ),
    );

    expect([one!.result.status, other!.result.status]).toEqual(['done', 'done']);
    expect(one!.result.cells[1]!.outputs).toEqual(other!.result.cells[0]!.outputs);
    // draw and base once, arm and score for each of three amounts.
    expect([...one!.ran, ...other!.ran].sort()).toEqual([
      ...['arm', 'arm', 'arm', 'base', 'draw'],
      ...['score', 'score', 'score'],
    ]);
  });

  test('[W21] steps that can be cut run as jobs of their own, and come out as in one piece', async () => {
    const request = { grids: ['own.keep=false,true'] };
    const document = listDocument();
    const home = createTemporaryFolder();
    let planned: SweepPlan | undefined;
    const onPlan = (plan: SweepPlan) => {
      planned = plan;
    };
    const cut = await sweep({ home, document, request, shards: 3, onPlan });
    const inOne = createTemporaryFolder();
    const alone = createLocalExecutor({ workers: 1 });
    const whole = await sweep({ home: inOne, document, request, executor: alone });

    expect(planned?.jobs.map(({ id, needs }) => [id, needs.length])).toEqual([
      ['shared-1', 0],
      ['shared-2-turn-1-of-3', 1],
      ['shared-2-turn-2-of-3', 1],
      ['shared-2-turn-3-of-3', 1],
      ['shared-2', 4],
      ['cell-1-own-1-of-3', 1],
      ['cell-1-own-2-of-3', 1],
      ['cell-1-own-3-of-3', 1],
      ['cell-1', 5],
      ['cell-2-own-1-of-3', 1],
      ['cell-2-own-2-of-3', 1],
      ['cell-2-own-3-of-3', 1],
      ['cell-2', 5],
    ]);
    expect(cut.result.cells.map(({ outputs }) => outputs)).toEqual(
      whole.result.cells.map(({ outputs }) => outputs),
    );
    // Each step is one step in the history too, and every image was flipped once by each.
    expect(cut.ran).toEqual(whole.ran);
    expect(countComputed(home)).toEqual(countComputed(inOne));
    expect(listFlipped(cut.events)).toEqual(listFlipped(whole.events));
    expect((await sweep({ home, document, request, shards: 2 })).ran).toEqual([]);
  });

  test('[W9] a canceled sweep says which cells are missing', async () => {
    const canceled = new AbortController();
    const { result } = await sweep({
      home: createTemporaryFolder(),
      document: chainDocument({ params: { delayMs: 20_000 } }),
      request: { grids: ['arm.amount=1,2'] },
      signal: canceled.signal,
      onEvent: (event) => {
        if (event.type === 'job-event' && event.event.type === 'step-progress') canceled.abort();
      },
    });

    expect(result.status).toBe('canceled');
    expect(result.cells.every(({ status }) => status === 'canceled')).toBe(true);
  });
});

describe('openSweep', () => {
  test('[W10] the time is estimated from earlier runs with the nearest parameters', async () => {
    const home = createTemporaryFolder();
    const request = { grids: ['arm.amount=1'] };
    await sweep({ home, document: chainDocument({ params: { delayMs: 200 } }), request });

    const wanted = { grids: ['arm.amount=1,2'] };
    const plan = await openSweep({
      document: chainDocument({ params: { delayMs: 200 } }),
      request: wanted,
      place: testPlace(home),
    });
    const running = plan.tasks.filter(({ state }) => state === 'run');
    expect(running.map(({ nodeId }) => nodeId)).toEqual(['arm', 'score']);
    expect(running[0]!.seconds).toBeGreaterThanOrEqual(0.2);
  });

  test('[W11] jobs that most work waits for come first', () => {
    const job = (id: string, seconds: number, needs: string[] = []) => ({
      id,
      kind: 'shared' as const,
      cell: 0,
      cells: [0],
      only: null,
      shard: null,
      needs,
      tasks: [],
      seconds,
    });
    const jobs = [job('short', 5), job('long', 1), job('tail', 9, ['long'])];

    expect(orderByNeed(jobs).map(({ id }) => id)).toEqual(['long', 'tail', 'short']);
  });
});

/** Images that a node flipped, job by job and image by image, sorted. */
function listFlipped(events: readonly SweepEvent[]): string[] {
  return events
    .flatMap((event) =>
      event.type === 'job-event' && event.event.type === 'step-log'
        ? [/^flips (.*)/.exec(event.event.message)?.[1]?.split(' ') ?? []].flat()
        : [],
    )
    .sort();
}

/** Lines of the store's history by node type: how often a step of it was computed. */
function countComputed(home: string): Record<string, number> {
  const folder = join(home, 'store', 'history');
  const count = (file: string) =>
    readFileSync(join(folder, file), 'utf8').trim().split('\n').length;
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((file) => [file, count(file)]),
  );
}

/** All files of a sweep's report by name, byte for byte; its footer, which has the times, is left out. */
async function readReport(home: string, result: SweepResult, document: GraphDocument) {
  const folder = join(home, 'report');
  const graphText = printDocument(document);
  await writeReport({ ...testPlace(home), result, graphText, folder, replicates: 20 });
  return new Map(
    readdirSync(folder)
      .sort()
      .map((file) => [
        file,
        readFileSync(join(folder, file), 'latin1').replace(/<footer>.*<\/footer>/, ''),
      ]),
  );
}

/** Runs the slow sweep in processes of their own and kills all of them at once, with nothing left to tidy up, when two steps behind the shared ones have finished. */
function runAndKill(home: string): Promise<SweepEvent[]> {
  const entry = fileURLToPath(new URL('../testing/sweep-process.ts', import.meta.url));
  const child = fork(entry, [home], { execArgv: ['--import', 'tsx'], detached: true });
  const events: SweepEvent[] = [];
  let isKilled = false;
  child.on('message', (event: SweepEvent) => {
    if (isKilled) return;
    events.push(event);
    if (listRan(events).filter((nodeId) => nodeId === 'arm').length < 2) return;
    isKilled = true;
    process.kill(-child.pid!, 'SIGKILL'); // the group: the sweep and its workers
  });
  return new Promise((done) => child.on('close', () => done(events)));
}

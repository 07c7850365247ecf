/** The queue when its runners are killed at any moment, and when there are several. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueue, type RunSummary, summarizeRuns } from '@radiograph/runtime';
import { createRandom } from '@radiograph/statistics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPrograms } from '../build-programs.ts';

const work = mkdtempSync(join(tmpdir(), 'radiograph-queue-'));
let programs = '';
beforeAll(async () => {
  const names = ['worker', 'queue-runner'];
  programs = await buildPrograms(import.meta.dirname, names, join(work, 'programs'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** A queue of graphs with one step each, no two alike. */
async function fillQueue(home: string, count: number) {
  const queue = openQueue(home);
  for (let value = 1; value <= count; value++) {
    const name = `run ${value}`;
    const number = { type: 'fault.number', version: 1, params: { value } };
    const text = JSON.stringify({ format: 'radiograph/1', name, nodes: { number }, edges: [] });
    await queue.add({ name, text, graphPath: join(home, 'g'), only: null, engine: 'ort' });
  }
  return queue;
}

const startRunner = (home: string): ChildProcess =>
  spawn(process.execPath, [join(programs, 'queue-runner.js'), home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

const namesOf = (runs: readonly RunSummary[]) => runs.map(({ graph }) => graph).sort();
const runNames = (count: number) => Array.from({ length: count }, (_, i) => `run ${i + 1}`).sort();

/** Every finished step leaves one line: a step that was computed twice leaves two. */
function finishedSteps(home: string): string[] {
  const folder = join(home, 'store/history');
  return readdirSync(folder).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean),
  );
}

test('three runners on one queue start each entry once', async () => {
  const home = mkdtempSync(join(work, 'shared-'));
  const queue = await fillQueue(home, 6);
  const runners = [0, 1, 2].map(() => startRunner(home));
  const codes = await Promise.all(runners.map(async (runner) => (await once(runner, 'exit'))[0]));

  expect(codes).toEqual([0, 0, 0]);
  expect(namesOf(await summarizeRuns(home))).toEqual(runNames(6));
  expect((await queue.state()).runs).toEqual([]);
});

test('runners that are killed again and again lose no entry, and no finished step is computed twice', async () => {
  const home = mkdtempSync(join(work, 'killed-'));
  const queue = await fillQueue(home, 3);
  const random = createRandom(7, 'queue kills');
  let kills = 0;
  for (let number = 0; (await queue.state()).runs.length > 0; number++) {
    const runner = startRunner(home);
    const ended = once(runner, 'exit');
    const isKilled = number < 5; // then one is left to finish
    if (isKilled) {
      await Promise.race([once(runner.stdout!, 'data'), ended]); // it has begun a run
      await Promise.race([sleep(300 * random.next()), ended]);
      if (runner.kill('SIGKILL')) kills++;
    }
    await ended;
  }

  const runs = await summarizeRuns(home);
  const done = runs.filter(({ status }) => status === 'done');
  expect(kills).toBeGreaterThan(0);
  expect([...new Set(namesOf(done))]).toEqual(runNames(3));
  const steps = finishedSteps(home);
  expect(new Set(steps).size).toBe(steps.length);
  expect(steps).toHaveLength(3);
});

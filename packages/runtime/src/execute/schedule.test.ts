import { expect, test } from 'vitest';
import { schedule, type Task } from './schedule.ts';

type Plan = Record<string, Partial<Pick<Task, 'needs' | 'bytes' | 'usesEngine'>>>;

/** Starts and ends in the order in which they came; each task takes as many turns as its place says. */
async function trace(plan: Plan, jobs: number, memoryBytes: number): Promise<string> {
  const log: string[] = [];
  const tasks = Object.entries(plan).map(
    ([id, task], place): Task => ({
      id,
      needs: [],
      bytes: 0,
      usesEngine: false,
      ...task,
      run: async () => {
        log.push(`+${id}`);
        for (let turn = 0; turn <= place; turn++) await new Promise(setImmediate);
        log.push(`-${id}`);
      },
    }),
  );
  await schedule(tasks, { jobs, memoryBytes, isStopped: () => log.includes('-stop') });
  return log.join(' ');
}

test('[E25] as many steps as jobs run at once, in the order of the plan, each after what it needs', async () => {
  const diamond = { a: {}, b: { needs: ['a'] }, c: { needs: ['a'] }, d: { needs: ['b', 'c'] } };
  expect(await trace(diamond, 2, 0)).toBe('+a -a +b +c -b -c +d -d');
  expect(await trace(diamond, 1, 0)).toBe('+a -a +b -b +c -c +d -d');
  expect(await trace({ stop: {}, late: { needs: ['stop'] } }, 2, 0)).toBe('+stop -stop');
  expect(await trace({ alone: { needs: ['not a task'] } }, 2, 0)).toBe('+alone -alone');
});

test('[E26] what would exceed the budget waits, what fits goes ahead, and one alone may exceed it', async () => {
  const steps = { a: { bytes: 6 }, b: { bytes: 6 }, c: { bytes: 4 } };
  expect(await trace(steps, 3, 10)).toBe('+a +c -a +b -b -c');
  expect(await trace(steps, 3, 16)).toBe('+a +b +c -a -b -c');
  expect(await trace({ huge: { bytes: 99 }, small: { bytes: 1 } }, 2, 10)).toBe(
    '+huge -huge +small -small',
  );
});

test('[E28] of two steps that compute with the engine the second waits; others go on', async () => {
  const steps = { a: { usesEngine: true }, b: { usesEngine: true }, c: {} };
  expect(await trace(steps, 3, 0)).toBe('+a +c -a +b -b -c');
});

import { expect, onTestFinished, test } from 'vitest';
import { openThreads } from './open-threads.ts';
import type { Square } from './testing/squares.ts';

const module = new URL('./testing/squares.ts', import.meta.url);
function openSquares(count: number) {
  const threads = openThreads<Square, number>(module, count);
  onTestFinished(threads.close);
  return threads;
}

test('tasks are answered, more of them than there are threads, also into shared memory', async () => {
  const { ask } = openSquares(2);
  const values = Array.from({ length: 9 }, (_, value) => value);

  expect(await Promise.all(values.map((value) => ask({ value })))).toEqual(
    values.map((v) => v * v),
  );
  const into = new SharedArrayBuffer(8);
  await ask({ value: 5, into });
  expect(new Float64Array(into)[0]).toBe(25);
});

test('what a task throws comes back: a mistake of the user with its place, a bug of ours as it is; the thread goes on', async () => {
  const { ask } = openSquares(1);

  await expect(ask({ value: -1 })).rejects.toMatchObject({
    code: 'data',
    problems: [{ path: 'value', message: 'expected at least 0, got -1' }],
  });
  await expect(ask({ value: 13 })).rejects.toThrow('internal: unlucky');
  expect(await ask({ value: 3 })).toBe(9);
});

test('a thread that ends under its task rejects it, and another takes the next one', async () => {
  const { ask } = openSquares(1);

  await expect(ask({ value: 99 })).rejects.toThrow('internal: a thread ended with code 3');
  expect(await ask({ value: 4 })).toBe(16);
});

test('closing rejects what is still asked for', async () => {
  const threads = openThreads<Square, number>(module, 1);
  const asked = [threads.ask({ value: 1000 }), threads.ask({ value: 2 })];
  const settled = Promise.allSettled(asked);
  await threads.close();

  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

import { expect, test } from 'vitest';
import type { NewEvent } from './events.ts';
import { createProgress } from './progress.ts';

test('[E12] progress has a rate and the time left, at most four times a second, and always the end', () => {
  const events: NewEvent[] = [];
  let nowMs = 0;
  const report = createProgress(
    'node',
    (event) => events.push(event),
    () => nowMs,
  );
  for (let done = 0; done <= 100; done++) {
    report({ done, total: 100, unit: 'batch', metrics: { loss: 1 / (done + 1) } });
    nowMs += 50;
  }

  expect(events).toHaveLength(21);
  expect(events[0]).toEqual({
    type: 'step-progress',
    nodeId: 'node',
    done: 0,
    total: 100,
    unit: 'batch',
    rate: null,
    secondsLeft: null,
    metrics: { loss: 1 },
  });
  expect(events[4]).toMatchObject({ done: 20, rate: 20, secondsLeft: 4 });
  expect(events.at(-1)).toMatchObject({ done: 100, secondsLeft: 0 });
});

test('[E12] what took time before the first report, or was done by an earlier attempt, is no part of the rate', () => {
  const events: NewEvent[] = [];
  let nowMs = 461_000; // a list was read
  const report = createProgress(
    'node',
    (event) => events.push(event),
    () => nowMs,
  );
  report({ done: 5000, total: 10_000, unit: 'image' });
  nowMs += 1000;
  report({ done: 5500, total: 10_000, unit: 'image', stalledMs: 20 });
  nowMs += 1000;
  report({ done: 0, total: 10, unit: 'mask' });
  nowMs += 1000;
  report({ done: 2, total: 10, unit: 'mask' });

  expect(events).toMatchObject([
    { done: 5000, rate: null, secondsLeft: null },
    { done: 5500, rate: 500, secondsLeft: 9, stalledMs: 20 },
    { unit: 'mask', rate: null },
    { unit: 'mask', rate: 2, secondsLeft: 4 },
  ]);
});

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

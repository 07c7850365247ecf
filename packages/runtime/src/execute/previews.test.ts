import { expect, test } from 'vitest';
import { type NewEvent, RunEvent } from './events.ts';
import { createPreviews } from './previews.ts';

test('[E75] previews of unfinished work are events, the first at once and later ones ever more seldom', () => {
  const events: NewEvent[] = [];
  let nowMs = 0;
  const report = createPreviews(
    'node',
    (event) => events.push(event),
    () => nowMs,
  );
  const sample = { id: 'a', width: 2, height: 1, pixels: Uint8Array.of(0, 255) };
  const times: number[] = [];
  for (; nowMs <= 10_000; nowMs += 100) {
    const before = events.length;
    report([{ ...sample, classes: Uint8Array.of(0, events.length) }]);
    if (events.length > before) times.push(nowMs);
  }

  expect(times).toEqual([0, 2000, 4200, 6700, 9400]);
  expect(events[1]).toEqual({
    type: 'step-preview',
    nodeId: 'node',
    samples: [{ id: 'a', width: 2, height: 1, pixels: 'AP8=', classes: 'AAE=' }],
  });
  const event = { ...events[1], id: 1, time: '2021-07-07T00:00:00.000Z' };
  expect(RunEvent.parse(event)).toEqual(event);
});

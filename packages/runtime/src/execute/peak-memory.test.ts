import { expect, test } from 'vitest';
import { openPeakMeter } from './peak-memory.ts';

test('[E23] a step is charged the most that the process held while it ran, beside others too', () => {
  let held = 10;
  let peak = 10;
  const hold = (bytes: number) => {
    held = bytes;
    peak = Math.max(peak, held);
  };
  const meter = openPeakMeter({
    highest: () => peak,
    reset: () => {
      peak = held;
    },
  });
  hold(90);
  hold(20); // before any step
  const endFirst = meter.begin();
  hold(50);
  hold(30);
  const endSecond = meter.begin();
  hold(40);
  expect(endFirst()).toBe(50);
  hold(35);
  expect(endSecond()).toBe(40);
  expect(openPeakMeter().begin()()).toBeGreaterThan(1e7); // this process
});

import { setImmediate } from 'node:timers/promises';

const longestHoldMs = 10;

/** Lets a cancel in, and events out, between steps that never wait; not between any two, for a step may take less than giving way. */
export function openGiveWay(): () => Promise<void> {
  let lastMs = performance.now();
  return async () => {
    if (performance.now() - lastMs < longestHoldMs) return;
    await setImmediate();
    lastMs = performance.now();
  };
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginGesture, endGesture, whenStill } from './gesture.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  endGesture();
  vi.useRealTimers();
});

test('acts at once while nothing moves', () => {
  const act = vi.fn();
  whenStill(act);
  expect(act).toHaveBeenCalledTimes(1);
});

test('acts once, after the gesture', () => {
  const act = vi.fn();
  beginGesture();
  whenStill(act);
  vi.advanceTimersByTime(1000);
  expect(act).not.toHaveBeenCalled();
  endGesture();
  vi.advanceTimersByTime(100);
  expect(act).toHaveBeenCalledTimes(1);
});

test('acts after three seconds when a gesture never ends: edits are saved all the same', () => {
  const act = vi.fn();
  beginGesture();
  whenStill(act);
  vi.advanceTimersByTime(3000);
  expect(act).toHaveBeenCalledTimes(1);
});

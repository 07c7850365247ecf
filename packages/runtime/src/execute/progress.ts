/** Turns the progress calls of a node into events at a readable rate. */
import type { Progress } from '@radiograph/graph';
import type { NewEvent } from './events.ts';

const intervalMs = 250;

/** Reports progress of one step; the first, the last and at most four a second in between. */
export function createProgress(
  nodeId: string,
  emit: (event: NewEvent) => void,
  now: () => number = () => performance.now(),
): (progress: Progress) => void {
  const startedMs = now();
  let lastMs = Number.NEGATIVE_INFINITY;
  return ({ done, total, unit, metrics = {} }) => {
    const timeMs = now();
    if (timeMs - lastMs < intervalMs && done < total) return;
    lastMs = timeMs;
    const rate = done > 0 && timeMs > startedMs ? (done * 1000) / (timeMs - startedMs) : null;
    const secondsLeft = rate === null ? null : Math.max(0, (total - done) / rate);
    emit({ type: 'step-progress', nodeId, done, total, unit, rate, secondsLeft, metrics });
  };
}

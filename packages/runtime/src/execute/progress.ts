/** Turns the progress calls of a node into events at a readable rate. */
import type { Progress } from '@radiograph/graph';
import type { NewEvent } from './events.ts';

const intervalMs = 250;

/**
 * Reports progress of one step; the first, the last and at most four a second in between.
 *
 * Rate and time left count from the first report of a unit: what came before it (reading a list, compiling, what an earlier attempt had done) would
 * make of the first estimate weeks, or minutes.
 */
export function createProgress(
  nodeId: string,
  emit: (event: NewEvent) => void,
  now: () => number = () => performance.now(),
): (progress: Progress) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  let start = { unit: '', done: 0, timeMs: 0 };
  return ({ done, total, unit, metrics = {}, stalledMs }) => {
    const timeMs = now();
    if (unit !== start.unit || done < start.done) start = { unit, done, timeMs };
    if (timeMs - lastMs < intervalMs && done < total) return;
    lastMs = timeMs;
    const isUnderWay = done > start.done && timeMs > start.timeMs;
    const rate = isUnderWay ? ((done - start.done) * 1000) / (timeMs - start.timeMs) : null;
    const secondsLeft = rate === null ? null : Math.max(0, (total - done) / rate);
    const waited = stalledMs === undefined ? {} : { stalledMs };
    emit({
      type: 'step-progress',
      nodeId,
      done,
      total,
      unit,
      rate,
      secondsLeft,
      metrics,
      ...waited,
    });
  };
}

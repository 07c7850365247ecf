/** How long a run goes on after it was canceled. */
import { type RunOptions, startRun } from '@radiograph/runtime';

/**
 * Milliseconds from a cancel to the end of the run, its record written. The graph has a node that computes until it is stopped; the
 * cancel comes in the middle of one of its batches.
 */
export async function timeCancel(options: RunOptions): Promise<number> {
  const canceler = new AbortController();
  let canceledMs = 0;
  const cancel = () => {
    canceledMs = performance.now();
    canceler.abort();
  };
  const { result } = await startRun({
    ...options,
    signal: canceler.signal,
    onEvent({ type }) {
      if (type === 'step-started') setTimeout(cancel, 330); // within its fourth batch
    },
  });
  if (result.status !== 'canceled')
    throw new Error(`expected a canceled run, got ${result.status}`);
  return performance.now() - canceledMs;
}

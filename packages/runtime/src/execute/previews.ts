/** Turns the previews of a node into events, seldom enough that a run's record stays small. */
import type { PreviewSample } from '@radiograph/graph';
import type { NewEvent } from './events.ts';

const firstIntervalMs = 2000;
const growth = 1.1; // a hundred previews in the first four days of a training

/** Reports previews of one step: the first at once, each later one after a pause that grows with the number of them. */
export function createPreviews(
  nodeId: string,
  emit: (event: NewEvent) => void,
  now: () => number = () => performance.now(),
): (samples: readonly PreviewSample[]) => void {
  let nextMs = Number.NEGATIVE_INFINITY;
  let intervalMs = firstIntervalMs;
  return (samples) => {
    const timeMs = now();
    if (timeMs < nextMs) return;
    nextMs = timeMs + intervalMs;
    intervalMs *= growth;
    emit({ type: 'step-preview', nodeId, samples: samples.map(report) });
  };
}

const report = ({ pixels, classes, ...sample }: PreviewSample) => ({
  ...sample,
  pixels: Buffer.from(pixels).toString('base64'),
  classes: Buffer.from(classes).toString('base64'),
});

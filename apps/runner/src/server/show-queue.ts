/** The queue as browsers see it: paths relative to the workspace, as in the list of graphs. */
import { relative, sep } from 'node:path';
import { QueuedRun, QueueState } from '@radiograph/runtime';
import type { z } from 'zod';

const ShownRun = QueuedRun.omit({ graphPath: true, engine: true }).extend({
  path: QueuedRun.shape.graphPath,
});
export const ShownQueue = QueueState.extend({ runs: ShownRun.array() });
export type ShownQueue = z.infer<typeof ShownQueue>;

/** Shows a queue in this workspace. */
export function showQueueOf(workspace: string): (queue: QueueState) => ShownQueue {
  return ({ isPaused, runs }) => ({
    isPaused,
    runs: runs.map(({ graphPath, engine, ...run }) => ({
      ...run,
      path: relative(workspace, graphPath).split(sep).join('/'),
    })),
  });
}

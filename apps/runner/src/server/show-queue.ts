/** The queue as browsers see it: paths relative to the workspace, as in the list of graphs. */
import { relative, sep } from 'node:path';
import type { QueueState as ShownQueue } from '@radiograph/api';
import type { QueueState } from '@radiograph/runtime';

/** Shows a queue in this workspace. */
export function showQueueOf(workspace: string): (queue: QueueState) => ShownQueue {
  return ({ isPaused, runs }) => ({
    isPaused,
    runs: runs.map(({ graphPath, engine: _, ...run }) => ({
      ...run,
      path: relative(workspace, graphPath).split(sep).join('/'),
    })),
  });
}

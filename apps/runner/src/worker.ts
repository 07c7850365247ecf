/** The process that runs node code. */
import { serveWorker } from '@radiograph/runtime';
import { nodePackages } from './registry.ts';

/** Serves the one run that the parent process sends. */
export function startWorker(): void {
  serveWorker(nodePackages);
}

import { RadiographError } from '@radiograph/graph';

/** A tracker that was lost costs its numbers, never the run: it is said, and nothing more. */
export function explainLostTracking(error: unknown): void {
  if (!(error instanceof RadiographError)) throw error;
  process.stderr.write(`tracking stopped: ${error.message}\n`);
}

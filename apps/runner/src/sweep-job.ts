/** One job of a sweep on a cluster. */
import { serveJob } from '@radiograph/sweep';
import { workerEntry } from './commands/run.ts';
import { nodePackages } from './registry.ts';

/** Runs the job that the arguments name. */
export async function runJob(args: readonly string[]): Promise<void> {
  await serveJob({ packages: nodePackages, workerEntry, args });
}

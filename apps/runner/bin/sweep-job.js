// Entry of a job of a sweep on a cluster; started by Slurm, never by hand.
import { register } from 'tsx/esm/api';

register();
const { serveJob } = await import('@radiograph/sweep');
const { nodePackages } = await import('../src/registry.ts');
const { workerEntry } = await import('../src/commands/run.ts');
await serveJob({ packages: nodePackages, workerEntry, args: process.argv.slice(2) });

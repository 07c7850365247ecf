// Entry of a job of a sweep on a cluster; started by Slurm, never by hand.
import { load } from './load.js';

const { runJob } = await load('sweep-job');
await runJob(process.argv.slice(2));

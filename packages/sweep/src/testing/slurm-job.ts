/** The array task of the Slurm tests. */
import { serveJob } from '../slurm/serve-job.ts';
import { testPackages } from './nodes.ts';
import { testPlace } from './sweep.ts';

const { workerEntry, workerArguments = [] } = testPlace('');
await serveJob({
  packages: testPackages,
  workerEntry,
  workerArguments,
  args: process.argv.slice(2),
});

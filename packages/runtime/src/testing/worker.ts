/** The worker process of the runtime's own tests. */
import { serveWorker } from '../run/worker.ts';
import { testPackages } from './nodes.ts';

serveWorker(testPackages);

/** The worker process of the sweep's own tests. */
import { serveWorker } from '@radiograph/runtime';
import { testPackages } from './nodes.ts';

serveWorker(testPackages);

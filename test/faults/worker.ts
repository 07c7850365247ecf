/** The worker of the fault tests. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveWorker } from '@radiograph/runtime';
import { faultPackages } from './nodes.ts';

serveWorker(faultPackages(dirname(fileURLToPath(import.meta.url))));

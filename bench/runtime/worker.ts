/** The worker of the runtime's bench. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveWorker } from '@radiograph/runtime';
import { noopPackages } from './nodes.ts';

serveWorker(noopPackages(dirname(fileURLToPath(import.meta.url))));

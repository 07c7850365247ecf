/** The worker of the crash test: says who it is, so that it can be killed, then serves. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveWorker } from '@radiograph/runtime';
import { crashPackages } from './nodes.ts';

const { CRASH_TRACE: trace } = process.env;
if (trace !== undefined)
  for (const name of [`${process.ppid}.worker`, 'worker.pid'])
    writeFileSync(join(trace, name), String(process.pid));
serveWorker(crashPackages(dirname(fileURLToPath(import.meta.url))));

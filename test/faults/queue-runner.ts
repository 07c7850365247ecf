/** A runner of the queue in the home that it is given, until nothing waits; prints the record of each run that it began. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openQueue, QueueRunner } from '@radiograph/runtime';
import { faultPackages } from './nodes.ts';

const folder = dirname(fileURLToPath(import.meta.url));
await new QueueRunner({
  queue: openQueue(process.argv[2]!),
  packages: faultPackages(folder),
  workerEntry: join(folder, 'worker.js'),
  untilEmpty: true,
  onChange(told) {
    if (told.type === 'run') process.stdout.write(`${told.event.type} ${told.runId}\n`);
  },
}).ended;

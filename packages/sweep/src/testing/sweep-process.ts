/** A process that runs the slow test sweep under the folder it is given, so that a test can kill it. */
import { createLocalExecutor } from '../run/local.ts';
import { startSweep } from '../run/start-sweep.ts';
import { chainDocument, testPlace } from './sweep.ts';

const document = chainDocument({ params: { delayMs: 300 } });
await startSweep({
  document,
  request: { grids: ['arm.amount=1,2'], seeds: 2 },
  place: testPlace(process.argv[2]!),
  executor: createLocalExecutor({ workers: 2 }),
  command: 'test',
  onEvent: (event) => process.send?.(event),
});
process.disconnect?.();

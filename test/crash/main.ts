/** `npm run test:crash [-- --kills 200 --interrupts 20 --seed 1]`: kills and interrupts runs at random; says how many lost nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Interruption, interrupt } from './interrupt.ts';
import { survive, type Trial } from './survive.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '25' },
    interrupts: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'radiograph-crash-'));

function print({ number, target, event, afterMs, killedAt, problems }: Trial): void {
  const verdict = problems.length === 0 ? 'survived' : `LOST\n    ${problems.join('\n    ')}`;
  process.stdout.write(
    `kill ${number}: ${target}, ${afterMs.toFixed(1)} ms after event ${event}, at ${killedAt}: ${verdict}\n`,
  );
}

function printInterruption({ number, way, batch, problems }: Interruption): void {
  const verdict = problems.length === 0 ? 'survived' : `LOST\n    ${problems.join('\n    ')}`;
  process.stdout.write(`interruption ${number}: ${way} after batch ${batch}: ${verdict}\n`);
}

try {
  const kills = Number(values.kills);
  const trials = await survive({ kills, seed: Number(values.seed), folder, onTrial: print });
  const survived = trials.filter(({ problems }) => problems.length === 0).length;
  process.stdout.write(`survived ${survived} of ${trials.length} kills (seed ${values.seed})\n`);
  const stopped = await interrupt({
    trials: Number(values.interrupts),
    seed: Number(values.seed),
    folder: join(folder, 'interrupts'),
    onTrial: printInterruption,
  });
  const whole = stopped.filter(({ problems }) => problems.length === 0).length;
  process.stdout.write(`survived ${whole} of ${stopped.length} interruptions\n`);
  process.exitCode = survived === trials.length && whole === stopped.length ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

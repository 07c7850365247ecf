import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { interrupt } from './interrupt.ts';
import { survive } from './survive.ts';

const folder = mkdtempSync(join(tmpdir(), 'radiograph-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

test('a run killed at any moment (worker, runner or both) goes on, loses nothing and repeats nothing', async () => {
  const trials = await survive({ kills: 25, seed: 1, folder });

  expect(trials.filter(({ problems }) => problems.length > 0)).toEqual([]);
  expect(trials).toHaveLength(25);
});

test.runIf(process.platform === 'linux')(
  'a run stopped by Ctrl-C, a second one, a closed terminal or SIGTERM goes on at the batch where it was',
  async () => {
    const trials = await interrupt({ trials: 4, seed: 1, folder: join(folder, 'interrupts') });

    expect(trials.filter(({ problems }) => problems.length > 0)).toEqual([]);
    expect(trials).toHaveLength(4);
  },
);

/**
 * A cluster that answers as sites do (test/cases/70-slurm/bin): a banner before the job's number, a cluster behind it, small arrays,
 * neither scontrol nor sacct. A sweep of two depths ends as it would anywhere.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { afterAll, expect, test } from 'vitest';
import { startSweep } from '../../packages/sweep/src/run/start-sweep.ts';
import { SlurmSettings } from '../../packages/sweep/src/slurm/settings.ts';
import { createSlurmExecutor } from '../../packages/sweep/src/slurm/slurm-executor.ts';
import { chainDocument, testPlace } from '../../packages/sweep/src/testing/sweep.ts';

const before = { ...process.env };
afterAll(() => {
  process.env = before;
});

test('70-slurm: banners, clusters and arrays of at most two tasks', async () => {
  const folder = createTemporaryFolder();
  const fake = join(folder, 'fake');
  mkdirSync(fake);
  writeFileSync(join(fake, 'q'), '');
  const path = [resolve('test/cases/70-slurm/bin'), process.env.PATH].join(delimiter);
  Object.assign(process.env, {
    PATH: path,
    FAKE: fake,
    BANNER: '1',
    CLUSTER: 'west',
    MAXARRAY: '2',
  });

  const { result } = await startSweep({
    document: chainDocument(),
    request: { grids: ['arm.amount=1,2,3'] },
    place: testPlace(join(folder, 'home')),
    executor: createSlurmExecutor({
      settings: SlurmSettings.parse({}),
      jobCommand: [
        process.execPath,
        ...['--import', import.meta.resolve('tsx')],
        resolve('packages/sweep/src/testing/slurm-job.ts'),
      ],
      pollMs: 500,
    }),
    command: 'test',
    onEvent: () => {},
  });

  expect(result.cells.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  const calls = readFileSync(join(fake, 'log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const arrays = calls.map((line) => /--array=(\S+)/.exec(line)?.[1]);
  expect(arrays).toEqual(['0-0', '0-2', '0-1', '0-0']); // three cells: refused at once, then taken as two and one
  expect(calls.at(-1)).toContain('--dependency=afterany:101 ');
});

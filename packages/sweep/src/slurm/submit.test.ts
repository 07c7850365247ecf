import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { afterEach, describe, expect, test } from 'vitest';
import type { Batch } from './batches.ts';
import { readArrayId, readEnd, readQueue } from './commands.ts';
import { jobPaths } from './job-files.ts';
import { SlurmSettings } from './settings.ts';
import { submitAll } from './submit.ts';

const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

/** Puts commands of a cluster that does not exist first on the PATH; each notes its arguments in `calls`. */
function install(commands: Readonly<Record<string, string>>) {
  const folder = createTemporaryFolder();
  const log = join(folder, 'calls');
  for (const [name, text] of Object.entries(commands)) {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> '${log}'\ncd '${folder}'\n${text}\n`);
    chmodSync(file, 0o755);
  }
  process.env.PATH = `${folder}${delimiter}/usr/bin${delimiter}/bin`;
  return () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
}

/** Counts from 101; refuses what `refuse` says. */
const sbatch = (refuse = '') =>
  [
    'n=$(($(cat next 2>/dev/null || echo 100) + 1))',
    refuse,
    'echo $n > next',
    'echo "--- Welcome to 7 clusters ---"; echo 12 nodes free',
    'echo "$n;west"',
  ].join('\n');

const batches: Batch[] = [
  { jobs: ['a', 'b', 'c', 'd', 'e'], request: { cpus: 1 }, after: [] },
  { jobs: ['f'], request: { cpus: 1 }, after: [0] },
];

function submit() {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder, 'slurm'), { recursive: true });
  const settings = SlurmSettings.parse({});
  const jobCommand = ['node', "it's.js"];
  return {
    script: jobPaths(folder).script,
    done: submitAll(batches, { folder, settings, jobCommand, emit: () => {} }),
  };
}
const arraysOf = (calls: readonly string[]) =>
  calls.flatMap((call) => {
    const words = /--array=(\S+).*job\.sh (\d+) (\d+)$/.exec(call);
    return words === null ? [] : [words.slice(1).join(' ')];
  });

describe('what sbatch answers', () => {
  test('[W35] the last line that is a job id counts, with its cluster; banners and warnings pass', () => {
    expect(readArrayId('4711')).toEqual({ id: '4711', cluster: undefined });
    expect(readArrayId('---\nWelcome, 12 users\n 3\nOK\n4711;west\n')).toEqual({
      id: '4711',
      cluster: 'west',
    });
    expect(() => readArrayId('No reservation for this job')).toThrow(
      'expected the number of a job as the last line of sbatch, got "No reservation for this job"',
    );
  });

  test('[W35] of the queue the lines of these arrays count, whatever stands between them', async () => {
    const calls = install({
      squeue:
        "printf 'CLUSTER: west\\n101_0|PENDING\\n101_1|COMPLETED\\n7_0|RUNNING\\n102|RUNNING by\\nbye\\n'",
    });
    const arrays = [
      { id: '101', cluster: 'west' },
      { id: '102', cluster: 'west' },
    ];

    expect([...(await readQueue(arrays))]).toEqual([
      ['101_0', 'PENDING'],
      ['102', 'RUNNING'],
    ]);
    expect(calls()[0]).toContain('--clusters=west');
  });

  test('[W36] accounting that is missing or silent is no failure', async () => {
    const array = { id: '101', cluster: undefined };
    install({});
    expect(await readEnd(array, '101_0')).toBeUndefined();
    install({ sacct: 'echo "Slurm accounting storage is disabled" >&2; exit 1' });
    expect(await readEnd(array, '101_0')).toBeUndefined();
    install({ sacct: 'echo OUT_OF_MEMORY' });
    expect(await readEnd(array, '101_0')).toBe('OUT_OF_MEMORY');
  });
});

describe('submitAll', () => {
  test('[W37] arrays are cut to the largest that the site tells, and what follows waits for all pieces', async () => {
    const calls = install({
      scontrol: "printf 'Configuration data\\nMaxArraySize            = 2\\n'",
      sbatch: sbatch(),
    });
    const { done, script } = submit();

    expect((await done).map(({ job, taskId }) => [job, taskId])).toEqual([
      ['a', '101_0'],
      ['b', '101_1'],
      ['c', '102_0'],
      ['d', '102_1'],
      ['e', '103_0'],
      ['f', '104_0'],
    ]);
    expect(arraysOf(calls())).toEqual(['0-1 0 0', '0-1 0 2', '0-0 0 4', '0-0 1 0']);
    expect(calls().at(-1)).toContain('--dependency=afterany:101:102:103');
    expect(readFileSync(script, 'utf8')).toMatch(
      /^exec 'node' 'it'\\''s.js' '.*' "\$1" "\$\(\(\$2 \+/m,
    );
  });

  test('[W37] where the site does not tell, a refused array is tried in halves', async () => {
    const refuse =
      'for w in $*; do case $w in --array=0-[3-9]) echo "sbatch: error: Batch job submission failed: Invalid job array specification" >&2; exit 1;; esac; done';
    const calls = install({ sbatch: sbatch(refuse) });

    expect((await submit().done).map(({ taskId }) => taskId)).toEqual([
      ...['101_0', '101_1', '101_2'],
      ...['102_0', '102_1', '103_0'],
    ]);
    expect(arraysOf(calls())).toEqual(['0-4 0 0', '0-2 0 0', '0-1 0 3', '0-0 1 0']);
  });

  test('[W38] a refusal takes back what was submitted before, and says so', async () => {
    const refuse =
      'for w in $*; do case $w in --dependency*) echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1;; esac; done';
    const calls = install({ sbatch: sbatch(refuse), scancel: '' });

    await expect(submit().done).rejects.toThrow(
      /QOSMaxSubmitJobPerUserLimit; arrays submitted before were canceled: 101$/,
    );
    expect(calls().at(-1)).toBe('scancel --full --clusters=west 101');
    install({ sbatch: sbatch(refuse) });
    await expect(submit().done).rejects.toThrow('could not be canceled: run scancel 101');
  });
});

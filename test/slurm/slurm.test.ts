import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SweepEvent } from '../../packages/sweep/src/run/events.ts';
import { createLocalExecutor } from '../../packages/sweep/src/run/local.ts';
import { startSweep } from '../../packages/sweep/src/run/start-sweep.ts';
import { SlurmSettings } from '../../packages/sweep/src/slurm/settings.ts';
import { createSlurmExecutor } from '../../packages/sweep/src/slurm/slurm-executor.ts';
import { chainDocument, listDocument, testPlace } from '../../packages/sweep/src/testing/sweep.ts';

const cluster = resolve('test/slurm/cluster.sh');
const missing = explainMissing();
if (missing !== undefined) process.stderr.write(`Slurm tests skipped: ${missing}\n`);

/** Installs Slurm where that is possible: Debian, as root. Gives the reason where it is not. */
function explainMissing(): string | undefined {
  const has = (command: string) => {
    try {
      execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  if (process.getuid?.() !== 0) return 'starting a cluster needs root';
  if (has('slurmctld') && has('munged') && has('sbatch')) return undefined;
  if (!has('apt-get')) return 'slurm-wlm and munge are not installed, and there is no apt-get';
  try {
    const install = ['install', '-y', '--no-install-recommends', 'slurm-wlm', 'munge'];
    execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore', timeout: 120_000 });
    execFileSync('apt-get', install, { stdio: 'ignore', timeout: 240_000 });
    return undefined;
  } catch {
    return 'slurm-wlm and munge could not be installed';
  }
}

describe.skipIf(missing !== undefined)('a Slurm cluster of two nodes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-slurm-'));
  const home = join(folder, 'home');
  const events: SweepEvent[] = [];

  beforeAll(() => {
    execFileSync(cluster, ['up', join(folder, 'cluster')], { stdio: 'inherit' });
    process.env.SLURM_CONF = join(folder, 'cluster', 'slurm.conf');
  });
  afterAll(() => {
    if (missing !== undefined) return;
    execFileSync(cluster, ['down', join(folder, 'cluster')]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  const executor = createSlurmExecutor({
    settings: SlurmSettings.parse({ default: { cpus: 1, memoryMb: 200 } }),
    jobCommand: [
      process.execPath,
      ...['--import', import.meta.resolve('tsx')],
      resolve('packages/sweep/src/testing/slurm-job.ts'),
    ],
    pollMs: 300,
  });

  function sweep(delayMs: number, onEvent: (event: SweepEvent) => void, signal?: AbortSignal) {
    return startSweep({
      document: chainDocument({ params: { delayMs } }),
      request: { grids: ['arm.amount=1,2'] },
      place: testPlace(home),
      executor,
      command: 'test',
      onEvent,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  test('a node that is killed in the middle loses nothing: its job is queued again, and the result is that of one machine', async () => {
    let killed = '';
    const { result } = await sweep(4000, (event) => {
      events.push(event);
      if (killed !== '' || !isArmRunning(event)) return;
      killed = killBusyNode(join(folder, 'cluster'));
    });

    expect(killed).not.toBe('');
    expect(result.status).toBe('done');
    const finished = events.filter(
      (event) => event.type === 'job-event' && event.event.type === 'step-finished',
    );
    // draw and base once for both cells, arm and score once for each.
    expect(finished).toHaveLength(6);

    const local = await startSweep({
      document: chainDocument({ params: { delayMs: 4000 } }),
      request: { grids: ['arm.amount=1,2'] },
      place: testPlace(join(folder, 'local')),
      executor: createLocalExecutor({ workers: 2 }),
      command: 'test',
    });
    const outputs = (cells: typeof result.cells) => cells.map((cell) => cell.outputs);
    expect(outputs(result.cells)).toEqual(outputs(local.result.cells));
  });

  test('the jobs were arrays with dependencies, and their logs are where the events say', () => {
    const logs = events.flatMap((event) =>
      event.type === 'job-log' ? [/log (\S+)$/.exec(event.message)?.[1] ?? []].flat() : [],
    );

    expect(new Set(logs.map((path) => /(\d+)_\d+\.log$/.exec(path)![1])).size).toBe(2);
    const written = readdirSync(join(logs[0]!, '..'));
    expect(written.length).toBe(3);
  });

  test('steps cut into shards are array tasks, and come out as in one piece on one machine', async () => {
    const document = listDocument();
    const request = { grids: ['own.keep=false,true'] };
    const sharded = await startSweep({
      ...{
        document,
        request,
        place: testPlace(join(folder, 'sharded')),
        executor,
        command: 'test',
      },
      shards: 2,
    });
    const whole = await startSweep({
      ...{ document, request, place: testPlace(join(folder, 'whole')), command: 'test' },
      executor: createLocalExecutor({ workers: 2 }),
    });

    expect(sharded.result.status).toBe('done');
    const outputs = ({ cells }: typeof whole.result) => cells.map((cell) => cell.outputs);
    expect(outputs(sharded.result)).toEqual(outputs(whole.result));
    const tasks = readdirSync(join(sharded.folder, 'slurm', 'logs')).sort();
    // list; two shards; join; two shards of two cells; two cells.
    expect(tasks.map((name) => name.replace(/^\d+_/, ''))).toHaveLength(1 + 2 + 1 + 4 + 2);
    expect(tasks.filter((name) => name.endsWith('_3.log'))).toHaveLength(1);
  });

  test('cancel takes the jobs out of the queue', async () => {
    const canceled = new AbortController();
    const { result } = await sweep(
      60_000,
      (event) => {
        if (isArmRunning(event)) canceled.abort();
      },
      canceled.signal,
    );

    expect(result.status).toBe('canceled');
    expect(execFileSync('squeue', ['-h', '-t', 'running,pending']).toString()).toBe('');
  });
});

const isArmRunning = (event: SweepEvent): boolean =>
  event.type === 'job-event' &&
  event.event.type === 'step-progress' &&
  event.event.nodeId === 'arm';

/** Kills the daemon of a node that runs a job, and the job's processes with it, as a power failure would. */
function killBusyNode(folder: string): string {
  const busy = execFileSync('squeue', ['-h', '-t', 'running', '-o', '%N'])
    .toString()
    .trim()
    .split('\n')[0]!;
  const daemon = Number(readFileSync(join(folder, busy, 'slurmd.pid'), 'utf8'));
  const steps = listSteps(busy);
  const keepers = steps.map(parentOf).filter((pid) => nameOf(pid) === 'slurmstepd');
  const all = [daemon, ...new Set([...keepers, ...steps])];
  // All stand still before the first one dies, so that none can tell of another's end.
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const)
    for (const pid of all) process.kill(pid, signal);
  return busy;
}

const readProcess = (pid: number | string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it is gone
  }
};
const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)/m.exec(readProcess(pid, 'status'))?.[1]);
const nameOf = (pid: number): string => readProcess(pid, 'comm').trim();

/** Processes whose environment says that they are of a job on this node. */
function listSteps(name: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => readProcess(pid, 'environ').includes(`SLURMD_NODENAME=${name}\0`))
    .map(Number);
}

/** Calls of Slurm's own commands, and their answers: sites put banners before them, and may lack or slow any but sbatch. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RadiographError } from '@radiograph/graph';

const run = promisify(execFile);

type Command = 'sbatch' | 'squeue' | 'scancel' | 'sinfo' | 'scontrol' | 'sacct';

/** Longest waits. A submission waits for a busy controller; what only informs does not hold up a sweep. */
const patienceMs: { readonly [C in Command]: number } = {
  sbatch: 300_000,
  scancel: 60_000,
  squeue: 30_000,
  sinfo: 30_000,
  scontrol: 10_000,
  sacct: 10_000,
};

/** Runs a command of Slurm. @throws a usage error if it is not installed, refuses, or does not answer in time. */
export async function callSlurm(command: Command, args: readonly string[]): Promise<string> {
  const timeout = patienceMs[command];
  try {
    const { stdout } = await run(command, args, { maxBuffer: 64 * 2 ** 20, timeout });
    return stdout.trim();
  } catch (error) {
    const { code, killed, stderr } = error as { code?: unknown; killed?: boolean; stderr?: string }; // what execFile rejects with
    const why = killed ? `no answer in ${timeout / 1000} s` : stderr?.trim() || String(error);
    const message =
      code === 'ENOENT'
        ? `expected ${command} on the PATH: run on a login node of the cluster, or use --executor local`
        : `expected ${command} to succeed, got: ${why}`;
    throw new RadiographError('usage', { path: 'slurm', message }, { cause: error });
  }
}

/** An array of jobs that Slurm has taken. */
export type ArrayId = {
  readonly id: string;
  /** The cluster that runs it, where sbatch chose among several. */
  readonly cluster: string | undefined;
};

/** What `sbatch --parsable` says: `id` or `id;cluster` in the last line that is one. @throws a usage error for an answer without one. */
export function readArrayId(answer: string): ArrayId {
  const lines = answer.split('\n').map((line) => /^(\d+)(?:;(\S+))?$/.exec(line.trim()));
  const [, id, cluster] = lines.findLast((line) => line !== null) ?? [];
  if (id !== undefined) return { id, cluster };
  throw new RadiographError('usage', {
    path: 'slurm',
    message: `expected the number of a job as the last line of sbatch, got ${JSON.stringify(answer.slice(-200))}`,
  });
}

/** State by array task, `12_3`, of the tasks that Slurm still knows as waiting or running. */
export async function readQueue(arrays: readonly ArrayId[]): Promise<ReadonlyMap<string, string>> {
  const known = new Set(arrays.map(({ id }) => id));
  const text = await callSlurm('squeue', [
    ...['-h', '-r', '-t', 'all', '-o', '%i|%T'],
    ...clustersOf(arrays),
  ]);
  const rows = text.split('\n').flatMap((line) => {
    const [, task, id, state] = /^((\d+)(?:_\d+)?)\|([A-Z_]+)/.exec(line.trim()) ?? [];
    if (task === undefined || !known.has(id!) || ended.has(state!)) return [];
    return [[task, state!] as const];
  });
  return new Map(rows);
}

/** Takes arrays out of the queue; tasks that run get SIGTERM first. */
export async function cancelArrays(arrays: readonly ArrayId[]): Promise<void> {
  if (arrays.length === 0) return;
  await callSlurm('scancel', ['--full', ...clustersOf(arrays), ...arrays.map(({ id }) => id)]);
}

function clustersOf(arrays: readonly ArrayId[]): string[] {
  const names = new Set(arrays.flatMap(({ cluster }) => cluster ?? []));
  return names.size === 0 ? [] : [`--clusters=${[...names].join(',')}`];
}

/** How many tasks an array may have; undefined where the site does not tell. */
export async function readLargestArray(): Promise<number | undefined> {
  const text = await callSlurm('scontrol', ['show', 'config']).catch(() => '');
  const size = /^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1];
  return size === undefined || size === '0' ? undefined : Number(size);
}

/** How accounting says that a task ended, `OUT_OF_MEMORY`; undefined where there is no accounting or it does not answer. */
export async function readEnd({ id, cluster }: ArrayId, task: string): Promise<string | undefined> {
  const args = ['-X', '-n', '-P', '-o', 'State', '-j', task, ...clustersOf([{ id, cluster }])];
  const text = await callSlurm('sacct', args).catch(() => '');
  return text.split('\n').findLast((line) => /^[A-Z_]+\b/.test(line));
}

const ended = new Set([
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TIMEOUT',
  'OUT_OF_MEMORY',
  'BOOT_FAIL',
  'DEADLINE',
]);

/** Calls of Slurm's own commands. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { RadiographError } from '@radiograph/graph';

const run = promisify(execFile);

/** Runs a command of Slurm. @throws a usage error if it is not installed or refuses. */
export async function callSlurm(
  command: 'sbatch' | 'squeue' | 'scancel' | 'sinfo',
  args: readonly string[],
): Promise<string> {
  try {
    return (await run(command, args, { maxBuffer: 64 * 2 ** 20 })).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string }; // what execFile rejects with
    const message =
      code === 'ENOENT'
        ? `expected ${command} on the PATH: run on a login node of the cluster, or use --executor local`
        : `expected ${command} to succeed, got: ${stderr?.trim() || String(error)}`;
    throw new RadiographError('usage', { path: 'slurm', message }, { cause: error });
  }
}

/** State by array task, `12_3`, of the tasks that Slurm still knows as waiting or running. */
export async function readQueue(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const text = await callSlurm('squeue', ['-h', '-r', '-t', 'all', '-o', '%i|%T']);
  const rows = text.split('\n').flatMap((line) => {
    const [id = '', state = ''] = line.split('|');
    return ids.includes(id.split('_')[0]!) && !ended.has(state) ? [[id, state] as const] : [];
  });
  return new Map(rows);
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

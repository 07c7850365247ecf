/** Who this process is, so that another one can tell whether it still lives. */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process. `machine` is equal exactly where process ids can be compared: one boot of one host, one container. */
export type ProcessIdentity = {
  readonly host: string;
  readonly machine: string;
  readonly pid: number;
  /** When the process began, in the system's own ticks: tells it from a later one with the same id. Null where unknown. */
  readonly born: string | null;
};

const readOr = (fallback: string, read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return fallback;
  }
};

/** A random name where the system has none for this boot: then nobody else compares process ids with ours. */
const boot = readOr(randomUUID(), () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
const space = readOr('', () => readlinkSync('/proc/self/ns/pid'));

/** This process. */
export const thisProcess: ProcessIdentity = {
  host: hostname(),
  machine: process.platform === 'linux' ? `${boot} ${space}` : hostname(),
  pid: process.pid,
  born: bornOf(process.pid),
};

/** Whether a process is gone for certain; false where that cannot be told from here. */
export function isGone({ machine, pid, born }: ProcessIdentity): boolean {
  if (machine !== thisProcess.machine) return false;
  if (!isAlive(pid)) return true;
  return born !== null && bornOf(pid) !== born;
}

/** Whether a process id is in use. Signal 0 asks without sending. EPERM: it lives and is somebody else's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat, counted after the name, which may hold spaces. A zombie has ended. */
function bornOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null);
  } catch {
    return null;
  }
}

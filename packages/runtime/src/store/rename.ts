/** Renames that Windows refuses while another process has a file open (a scanner, an indexer, a reader), and allows soon after. */
import { renameSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrno } from './errno.ts';

/** How the system is asked; a test gives its own. */
export type Renaming = {
  readonly platform: NodeJS.Platform;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly wait: (ms: number) => Promise<unknown>;
};

const waitsMs = [5, 10, 20, 40, 80, 160, 320];

const isBusy = (error: unknown, platform: NodeJS.Platform): boolean =>
  platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].some((code) => isErrno(error, code));

const ofNode: Renaming = { platform: process.platform, rename, wait: sleep };

/** Renames a file, over another one too. @throws what the system says, on Windows after two thirds of a second. */
export async function renameFile(from: string, to: string, system = ofNode): Promise<void> {
  for (const ms of waitsMs) {
    try {
      return await system.rename(from, to);
    } catch (error) {
      if (!isBusy(error, system.platform)) throw error;
      await system.wait(ms);
    }
  }
  return system.rename(from, to);
}

/** The same at once, for small files. */
export function renameFileSync(from: string, to: string): void {
  for (const ms of waitsMs) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (!isBusy(error, process.platform)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    }
  }
  renameSync(from, to);
}

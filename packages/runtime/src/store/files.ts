/** Writes that a crash cannot tear: temp file, (fsync), rename. A reader sees the old file or the whole new one, never a part. */
import { hash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { access, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { dataError } from '@radiograph/graph';
import { isErrno } from './errno.ts';
import { renameFile, renameFileSync } from './rename.ts';

export { isErrno };

/** How long what was written must last. */
export type Durability = {
  /** Wait until the bytes are on the disk, so that they outlive a power failure and not only the process. */
  readonly sync: boolean;
};

/** Writes a file that outlives a power failure. @throws a data error if the disk is full or read-only. */
export function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  return writeWhole(path, data, { sync: true });
}

/** Writes a file whole or not at all. @throws a data error if the disk is full or read-only. */
export async function writeWhole(
  path: string,
  data: string | Uint8Array,
  { sync }: Durability,
): Promise<void> {
  if (!sync) return writeAtOnce(path, data);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await openInFolder(temporary);
    try {
      await file.writeFile(data);
      if (sync) await file.sync();
    } finally {
      await file.close();
    }
    await renameFile(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // a full disk should not keep the torn part
    throw explainStorage(error, path);
  }
}

/**
 * Replaces a file of the user's: whole or not at all, with the mode and the owner that it has, where a link leads to. A new file is made as
 * any program makes it.
 *
 * Where only its owner could make a file of that owner, it is written in place, which a crash can tear; keep a copy before.
 * @throws a data error if the disk is full or read-only.
 */
export async function replaceDurably(place: string, data: string | Uint8Array): Promise<void> {
  const before = statSync(place, { throwIfNoEntry: false });
  if (before === undefined) return writeDurably(place, data);
  const path = realpathSync(place);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeWhole(temporary, data, { sync: true });
    chmodSync(temporary, before.mode & 0o7777);
    const { uid, gid } = statSync(temporary);
    if (uid !== before.uid || gid !== before.gid) chownSync(temporary, before.uid, before.gid);
    chmodSync(temporary, before.mode & 0o7777); // a new owner takes set-id bits away
    await renameFile(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    if (!isErrno(error, 'EPERM')) throw explainStorage(error, path);
    writeFileSync(path, data);
  }
}

/** Without waiting for the disk a small write is quicker done than handed to another thread. */
function writeAtOnce(path: string, data: string | Uint8Array): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeInFolder(temporary, data);
    renameFileSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explainStorage(error, path);
  }
}

/** Writes a file that may be torn by a crash; its folder is made when it is missed, which is once. */
export function writeInFolder(path: string, data: string | Uint8Array): void {
  try {
    writeFileSync(path, data);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, data);
  }
}

async function openInFolder(path: string) {
  try {
    return await open(path, 'w');
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'w');
  }
}

const storageFaults: Readonly<Record<string, string>> = {
  ENOSPC:
    'expected room on the disk, got a full one: free some, or run `radiograph cache gc --max-size 10GB`; finished steps are kept',
  EDQUOT: 'expected room in your quota, got none left; finished steps are kept',
  EROFS:
    'expected a folder to write to, got a read-only file system: set RADIOGRAPH_HOME to another',
  EACCES: 'expected a folder to write to, got no permission: set RADIOGRAPH_HOME to another',
  EPERM: 'expected a folder to write to, got no permission: set RADIOGRAPH_HOME to another',
};

/** Says what a disk's refusal means; other errors pass. */
export function explainStorage(error: unknown, path: string): unknown {
  const fault = Object.keys(storageFaults).find((code) => isErrno(error, code));
  return fault === undefined ? error : dataError(path, storageFaults[fault]!, { cause: error });
}

/** Whether a file or folder is there. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A text file, or undefined if there is none. */
export async function readTextIfPresent(path: string): Promise<string | undefined> {
  return (await readBytesIfPresent(path))?.toString('utf8');
}

/** A file, or undefined if there is none. */
export async function readBytesIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The same for small files of which a plan reads thousands: a thread's turn would take longer than the reading. */
export function readSmallText(path: string): string | undefined {
  if (!existsSync(path)) return undefined; // several times as quick as an exception
  return readExpectedText(path);
}

/** The same where the file nearly always is there. */
export function readExpectedText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** SHA-256 by OpenSSL: for blobs, where packages/graph's portable one would be slow. */
export function digestBytes(data: Uint8Array | string): string {
  return hash('sha256', data, 'hex');
}

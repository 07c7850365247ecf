/**
 * Who holds the leases of this process: one file per store, `store/holders/<token>.json`. A lease is a hard link to it, so it appears with
 * its content or not at all, in one call of the system, and one heartbeat shows that all of them live.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainStorage, isErrno, writeInFolder } from '../store/files.ts';
import { heartbeat } from './heartbeat.ts';
import { isGone, type ProcessIdentity, thisProcess } from './process-identity.ts';

/** Who computes a step. */
export type LeaseHolder = ProcessIdentity & { readonly token: string };

/** This process in one store. */
export type Signature = {
  readonly token: string;
  /** Puts a file there unless there is one; gives how to stop its heartbeat, or undefined if there is one. */
  readonly sign: (path: string) => (() => void) | undefined;
};

const signatures = new Map<string, Signature>();
const written = new Set<string>();
process.once('exit', () => {
  for (const path of written) rmSync(path, { force: true });
});

/** The signature of this process in a store; its file is made when it is first needed, and goes with the process. */
export function signatureIn(store: string): Signature {
  const known = signatures.get(store) ?? openSignature(join(store, 'holders'));
  signatures.set(store, known);
  return known;
}

function openSignature(folder: string): Signature {
  const token = randomUUID();
  const own = join(folder, `${token}.json`);
  const text = JSON.stringify({ ...thisProcess, token } satisfies LeaseHolder);
  const write = (): void => {
    sweep(folder);
    writeInFolder(own, text);
    written.add(own);
  };
  let held = 0;
  const beatOwn = (): (() => void) => {
    held++;
    heartbeat.start(own);
    return () => {
      held--;
      if (held === 0) heartbeat.stop(own);
    };
  };
  const beatAlone = (path: string): (() => void) => {
    heartbeat.start(path);
    return () => heartbeat.stop(path);
  };
  return {
    token,
    sign(path) {
      const how = putExclusively(path, { own, text, write });
      return how === 'taken' ? undefined : how === 'linked' ? beatOwn() : beatAlone(path);
    },
  };
}

type Own = { readonly own: string; readonly text: string; readonly write: () => void };

function putExclusively(path: string, { own, text, write }: Own): 'linked' | 'copied' | 'taken' {
  try {
    linkOr(own, path, write);
    return 'linked';
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'taken';
    if (hasNoLinks(error)) return copyExclusively(path, text);
    throw explainStorage(error, path);
  }
}

/** The first lease of this process finds no file to link to, perhaps no folder either. */
function linkOr(own: string, path: string, write: () => void): void {
  try {
    linkSync(own, path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    write();
    mkdirSync(dirname(path), { recursive: true });
    linkSync(own, path);
  }
}

const linkless = [
  'EPERM',
  'ENOTSUP',
  'ENOSYS',
  'EOPNOTSUPP',
  'EMLINK',
  'EISDIR',
  'EINVAL',
  'EXDEV',
];

/** Whether the file system has no hard links: exFAT and FAT (Windows says EISDIR), some network shares. */
export const hasNoLinks = (error: unknown): boolean =>
  linkless.some((code) => isErrno(error, code));

/** Where a file system has no hard links; a reader may see the file empty for a moment. */
function copyExclusively(path: string, text: string): 'copied' | 'taken' {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return 'copied';
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return 'taken';
    throw explainStorage(error, path);
  }
}

/** Clears the files of processes that were killed. */
function sweep(folder: string): void {
  for (const path of listFiles(folder)) if (isOfTheDead(path)) rmSync(path, { force: true });
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).map((file) => join(folder, file));
  } catch {
    return []; // not there yet
  }
}

function isOfTheDead(path: string): boolean {
  try {
    return isGone(JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity);
  } catch {
    return false; // another one clears it too
  }
}

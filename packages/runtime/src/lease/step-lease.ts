/**
 * Leases: while a process computes a step, `.radiograph/store/leases/<key>.lease` says so, and others wait for it and then reuse.
 *
 * Works among processes and among hosts that share the folder: the file is made exclusively, names its holder, and is touched every few
 * seconds. A holder is taken for dead when its process is gone (same machine), or when the file was not touched for a while BY THE
 * WAITER'S OWN CLOCK, so that clocks of hosts need not agree. A lease only saves work: the store stays correct without it.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CancelSignal } from '@radiograph/graph';
import { explainStorage, isErrno, readExpectedText } from '../store/files.ts';
import { renameFileSync } from '../store/rename.ts';
import { heartbeatMs } from './heartbeat.ts';
import { isGone } from './process-identity.ts';
import { hasNoLinks, type LeaseHolder, signatureIn } from './signature.ts';
import { watchSilence } from './silence.ts';

/** A held lease. */
export type Lease = { readonly release: () => void };

export type LeaseOptions = {
  readonly home: string;
  readonly key: string;
  readonly signal: CancelSignal;
  /** Called once, if another process holds the lease. */
  readonly onWait?: (holder: LeaseHolder) => void;
  /** After this long without a heartbeat a holder on another machine is dead. */
  readonly silenceMs?: number;
};

/** After this long without a heartbeat a holder on another machine is dead. */
export const defaultSilenceMs = 6 * heartbeatMs;
const pollMs = 50;

/** Waits until the step is ours. Look the key up again afterwards: the holder may have finished it. @throws when canceled. */
export async function acquireLease(options: LeaseOptions): Promise<Lease> {
  const { signal, onWait, silenceMs = defaultSilenceMs } = options;
  const path = join(options.home, 'store', 'leases', `${options.key}.lease`);
  const silence = watchSilence();
  let hasWaited = false;
  for (;;) {
    signal.throwIfAborted();
    const lease = tryAcquire(path);
    if (lease !== undefined) return lease;
    const seen = readHolder(path);
    if (seen === undefined) continue;
    if (
      isGone(seen.holder) ||
      silence.sinceMs(`${seen.holder.token} ${seen.touchedMs}`) > silenceMs
    ) {
      removeStale(path, seen.holder.token);
      continue;
    }
    if (!hasWaited) onWait?.(seen.holder);
    hasWaited = true;
    await sleep(pollMs);
  }
}

function tryAcquire(path: string): Lease | undefined {
  const signature = signatureIn(dirname(dirname(path)));
  const stopHeartbeat = signature.sign(path);
  if (stopHeartbeat === undefined) return undefined;
  return {
    release() {
      stopHeartbeat();
      if (readToken(path) === signature.token) unlinkIfPresent(path);
    },
  };
}

/** Several times as quick as rmSync, which every step would pay for. */
function unlinkIfPresent(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

/** Whose lease it is by now: a holder that was silent for too long may have lost it. */
function readToken(path: string): string | undefined {
  const text = readExpectedText(path);
  return text === undefined ? undefined : parseHolder(text).token;
}

type Seen = { readonly holder: LeaseHolder; readonly touchedMs: number };

/** Undefined if the lease was given back meanwhile. */
function readHolder(path: string): Seen | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return { holder: parseHolder(text), touchedMs: statSync(path).mtimeMs };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** A file that is still empty, or that a disk damaged, has a holder of whom only the heartbeat is known. */
function parseHolder(text: string): LeaseHolder {
  try {
    return JSON.parse(text) as LeaseHolder;
  } catch {
    return { host: 'unknown', machine: '', pid: 0, born: null, token: '' };
  }
}

/** Of several that find a dead holder, rename lets one take its lease away; a lease that is not the dead one's is put back. */
function removeStale(path: string, token: string): void {
  const taken = `${path}.${randomUUID()}.stale`;
  try {
    renameFileSync(path, taken);
    if (readHolder(taken)?.holder.token === token) unlinkSync(taken);
    else putBack(taken, path);
  } catch (error) {
    // Another one took it, or holds it by now: the next look tells.
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'EEXIST')) throw explainStorage(error, path);
    rmSync(taken, { force: true });
  }
}

/** Unless another one holds it by now. Without hard links there is a moment in which it would be replaced; a lease only saves work. */
function putBack(taken: string, path: string): void {
  try {
    linkSync(taken, path);
    unlinkSync(taken);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    renameFileSync(taken, path);
  }
}

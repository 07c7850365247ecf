/**
 * Brings a store under a budget: first what nothing needs, then the steps whose bytes are the cheapest to make again.
 *
 * The price of keeping a step is what it weighs, the benefit is what it took to compute; the step with the most bytes per second goes
 * first. Pinned steps stay, and those that are being computed or that a run that goes on or waits may reuse. What is removed only costs
 * time: its step runs again when it is needed. Of several processes one collects at a time, so that together they do not remove too much.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLease } from '../lease/step-lease.ts';
import type { NodePackage } from '../sources/implementation-digest.ts';
import { compactJournal } from '../store/compact-journal.ts';
import { exists } from '../store/files.ts';
import { openJournal } from '../store/journal.ts';
import { readLine } from '../store/journal-line.ts';
import { type CachedStep, type Inventory, lineOf, listFiles, takeInventory } from './inventory.ts';
import { removeFile } from './remove-file.ts';
import { findWanted, type Wanted } from './wanted.ts';

export type GarbageOptions = {
  readonly home: string;
  /** Bytes that may stay; undefined removes only what nothing needs. */
  readonly maxBytes?: number;
  /** Says what would be removed and removes nothing. */
  readonly dryRun?: boolean;
  /** Nodes that runs that go on or wait are made of: what these may reuse stays. Default none are known. */
  readonly packages?: readonly NodePackage[];
  readonly now?: number;
};

/** What was removed, or would be. */
export type Collected = {
  readonly steps: readonly CachedStep[];
  readonly files: number;
  readonly freedBytes: number;
  readonly keptBytes: number;
};

// A file this young may belong to a step that has stored its artifacts and not yet its record.
const settleMs = 3_600_000;
const fastestSeconds = 0.001; // what took no time still has a rank by its bytes

/** The rank of a step: bytes kept per second saved. */
export function bytesPerSecond({ bytes, record }: CachedStep): number {
  return bytes / Math.max(record.seconds, fastestSeconds);
}

/** Collects the garbage of a `.radiograph` folder. @throws a data error if it cannot be written. */
export async function collectGarbage(options: GarbageOptions): Promise<Collected> {
  const { home, dryRun = false } = options;
  if (dryRun || !(await exists(join(home, 'store')))) return collect(options);
  const { signal } = new AbortController(); // a collection is short: nobody cancels the wait for it
  const lease = await acquireLease({ home, key: 'collect-garbage', signal });
  try {
    return await collect(options);
  } finally {
    lease.release();
  }
}

async function collect(options: GarbageOptions): Promise<Collected> {
  const { home, maxBytes = Number.POSITIVE_INFINITY, dryRun = false, now = Date.now() } = options;
  const root = join(home, 'store');
  const inventory = await takeInventory(home);
  const busy = await listBusy(root);
  const wanted = await findWanted(home, options.packages ?? []);
  const { steps, files, keptBytes } = choose(inventory, { maxBytes, busy, wanted, now });
  const litter = await listLitter(home, now);
  if (!dryRun) {
    // Records first: a crash in between leaves files that nothing needs, and never a record without files.
    for (const { record } of steps)
      await removeFile(join(root, 'steps', record.key.slice(0, 2), `${record.key}.json`));
    const lines = new Set(steps.map(({ record }) => lineOf(record.key)));
    for (const file of files) if (!lines.has(file)) await removeFile(join(root, file));
    await removeLines(root, { lines, inventory });
    for (const path of litter) await removeFile(path);
  }
  const count = files.length + litter.length;
  return { steps, files: count, freedBytes: inventory.totalBytes - keptBytes, keptBytes };
}

type Limits = {
  readonly maxBytes: number;
  readonly busy: ReadonlySet<string>;
  readonly wanted: Wanted;
  readonly now: number;
};

/** What must go, with the files that nothing needs then. */
function choose({ steps, files, totalBytes }: Inventory, { maxBytes, busy, wanted, now }: Limits) {
  const needed = new Map([...files].map(([file, { holders }]) => [file, new Set(holders)]));
  const filesByKey = new Map<string, string[]>();
  for (const [file, { holders }] of files)
    for (const key of holders) filesByKey.set(key, [...(filesByKey.get(key) ?? []), file]);
  const removed = [...files]
    .filter(([, { holders, modifiedMs }]) => holders.length === 0 && now - modifiedMs > settleMs)
    .map(([file]) => file);
  let keptBytes = totalBytes - removed.reduce((sum, file) => sum + files.get(file)!.bytes, 0);
  const evicted: CachedStep[] = [];
  const ranked = steps
    .filter(({ isPinned, record }) => !isPinned && !busy.has(record.key) && !wanted(record))
    .sort((a, b) => bytesPerSecond(b) - bytesPerSecond(a));
  for (const step of ranked) {
    if (keptBytes <= maxBytes) break;
    evicted.push(step);
    for (const file of filesByKey.get(step.record.key) ?? []) {
      const holders = needed.get(file)!;
      holders.delete(step.record.key);
      if (holders.size > 0) continue;
      removed.push(file);
      keptBytes -= files.get(file)!.bytes;
    }
  }
  return { steps: evicted, files: removed, keptBytes };
}

// What was taken back, and torn lines, may lie about until they weigh something.
const litterBytes = 2 ** 16;

type Leaving = { readonly lines: ReadonlySet<string>; readonly inventory: Inventory };

async function removeLines(root: string, { lines, inventory }: Leaving): Promise<void> {
  const folder = join(root, 'journal');
  const kept = [...inventory.files].filter(([file]) => file.startsWith(lineOf('')));
  const bytes = kept.reduce((sum, [, file]) => sum + file.bytes, 0);
  const isLeft = kept.some(([file]) => lines.has(file));
  if (!isLeft && openJournal(folder).bytes() - bytes < litterBytes) return;
  await compactJournal(
    folder,
    (line) => !lines.has(lineOf(line.key)) && readLine(line) !== undefined,
  );
}

/** Keys that some process computes or reads for at this moment. */
async function listBusy(root: string): Promise<Set<string>> {
  const leases = await listFiles(join(root, 'leases'));
  return new Set(leases.map((path) => /([0-9a-f]{64})\.lease$/.exec(path)?.[1] ?? ''));
}

/** What a crash left behind: parts of files, and the signatures of leases; those of living processes are touched. */
async function listLitter(home: string, now: number): Promise<string[]> {
  const holders = join(home, 'store', 'holders', '/');
  const torn = (await listFiles(join(home, 'store'))).filter(
    (path) => path.endsWith('.tmp') || path.startsWith(holders),
  );
  const old = await Promise.all(
    torn.map(
      async (path) => now - ((await stat(path).catch(() => undefined))?.mtimeMs ?? now) > settleMs,
    ),
  );
  return torn.filter((_, i) => old[i]);
}

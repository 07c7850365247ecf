/** Who takes entries from the queue: `.radiograph/queue/runners/<token>.json`, there while the runner lives. */
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { heartbeat } from '../lease/heartbeat.ts';
import { isGone, thisProcess } from '../lease/process-identity.ts';
import { type Silence, watchSilence } from '../lease/silence.ts';
import { defaultSilenceMs } from '../lease/step-lease.ts';
import { isErrno, readTextIfPresent, writeWhole } from '../store/files.ts';

const RunnerFile = z.strictObject({
  host: z.string(),
  machine: z.string(),
  pid: z.int(),
  born: z.string().nullable(),
  /** The record of what it runs; null between runs. */
  runId: z.string().nullable(),
});

/** What others can know of a runner. */
export type KnownRunner = { readonly isAlive: boolean; readonly runId: string | null };

const pathOf = (folder: string, token: string) => join(folder, 'runners', `${token}.json`);

/** Says that this process runs entries; `tell` keeps which record it writes. */
export async function announceRunner(folder: string) {
  await sweep(folder);
  const token = randomUUID();
  const path = pathOf(folder, token);
  const write = (runId: string | null): Promise<void> =>
    writeWhole(path, JSON.stringify({ ...thisProcess, runId }), { sync: false });
  // On a full disk the record is not told; the run and its entry do not need it.
  const tell = (runId: string | null): Promise<void> => write(runId).catch(() => {});
  await write(null);
  heartbeat.start(path);
  const leave = async (): Promise<void> => {
    heartbeat.stop(path);
    await rm(path, { force: true });
  };
  return { token, tell, leave };
}

/** Clears the files of runners that were killed while they had nothing; those that had something were recovered before. */
async function sweep(folder: string): Promise<void> {
  const files = await readdir(join(folder, 'runners')).catch((): string[] => []);
  for (const file of files) {
    const path = join(folder, 'runners', file);
    const runner = (await readRunner(path))?.runner;
    if (runner !== undefined && isGone(runner)) await rm(path, { force: true });
  }
}

/** Looks at runners; keep one for long, because a silence is measured from look to look. */
export function watchRunners(folder: string, silenceMs = defaultSilenceMs) {
  const silences = new Map<string, Silence>();
  const silence = (token: string): Silence => {
    const known = silences.get(token) ?? watchSilence();
    silences.set(token, known);
    return known;
  };
  return {
    /** A runner without a file has left, and leaves its file until its entry is back. */
    async read(token: string): Promise<KnownRunner> {
      const file = await readRunner(pathOf(folder, token));
      if (file === undefined) return { isAlive: false, runId: null };
      const { runner, sign } = file;
      if (runner === undefined)
        return { isAlive: silence(token).sinceMs(sign) <= silenceMs, runId: null };
      const isDead = isGone(runner) || silence(token).sinceMs(sign) > silenceMs;
      return { isAlive: !isDead, runId: runner.runId };
    },
    /** Clears what a dead runner left. */
    forget: (token: string): Promise<void> => rm(pathOf(folder, token), { force: true }),
  };
}
export type Runners = ReturnType<typeof watchRunners>;

/** `runner` is undefined where the disk damaged the file: then only its changes tell. */
async function readRunner(path: string) {
  const text = await readTextIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const { mtimeMs } = await stat(path);
    return { runner: parseRunner(text), sign: `${mtimeMs}` };
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseRunner(text: string): z.infer<typeof RunnerFile> | undefined {
  try {
    return RunnerFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

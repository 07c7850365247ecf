/** Graphs that a process is going to run, one after another: `.radiograph/announced/<token>.json`, there while the process lives. */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Graph } from '@radiograph/graph';
import { z } from 'zod';
import { heartbeat } from '../lease/heartbeat.ts';
import { isGone, thisProcess } from '../lease/process-identity.ts';
import { readTextIfPresent, writeWhole } from '../store/files.ts';
import { listFiles } from './inventory.ts';
import { recipesOf } from './recipe.ts';
import { removeFile } from './remove-file.ts';

const Announcement = z.strictObject({
  host: z.string(),
  machine: z.string(),
  pid: z.int(),
  born: z.string().nullable(),
  recipes: z.array(z.string()),
});

// A process on another host touches its file every few seconds; this long covers what clocks may differ.
const silentMs = 3_600_000;

const folderOf = (home: string) => join(home, 'announced');

/** Says what will be run, so that no budget takes what these graphs may reuse; gives how to take it back. */
export async function announceGraphs(
  home: string,
  graphs: readonly Graph[],
): Promise<() => Promise<void>> {
  const path = join(folderOf(home), `${randomUUID()}.json`);
  const recipes = [...new Set(graphs.flatMap(recipesOf))];
  const text = JSON.stringify({ ...thisProcess, recipes } satisfies z.infer<typeof Announcement>);
  await writeWhole(path, text, { sync: false });
  heartbeat.start(path);
  return async () => {
    heartbeat.stop(path);
    await removeFile(path);
  };
}

/** Recipes of the steps that living processes have announced. The files of dead ones are removed. */
export async function listAnnounced(home: string): Promise<readonly string[]> {
  const recipes: string[] = [];
  for (const path of await listFiles(folderOf(home))) {
    const found = await readAnnouncement(path);
    if (found === undefined) continue;
    const touchedMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (isGone(found) || Date.now() - touchedMs > silentMs) await removeFile(path);
    else recipes.push(...found.recipes);
  }
  return recipes;
}

/** Undefined if it was taken back meanwhile, or is not ours. */
async function readAnnouncement(path: string) {
  try {
    return Announcement.parse(JSON.parse((await readTextIfPresent(path)) ?? ''));
  } catch {
    return undefined;
  }
}

/** Records of finished steps by key, and which keys a node has had. */
import { appendFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepRecord } from '@radiograph/graph';
import { readTextIfPresent, writeDurably } from './files.ts';

export type StepRecords = {
  readonly remember: (record: StepRecord) => Promise<void>;
  /** Removes a record; its artifacts become garbage unless others hold them. */
  readonly forget: (key: string) => Promise<void>;
  /** The record of a key whose artifacts are all present. */
  readonly lookup: (key: string) => Promise<StepRecord | undefined>;
  /** Earlier records of this node type and node id, newest first; those of other nodes where it has none. */
  readonly history: (type: string, nodeId: string) => Promise<readonly StepRecord[]>;
};

type Journal = { readonly bytes: number; readonly entries: readonly Entry[] };
type Entry = { readonly key: string; readonly nodeId: string };

const mostKept = 2000; // records kept in memory for explanations
const historyLength = 100; // records that a plan compares to explain a change

/** Opens `steps/` and `history/` below `root`; `hasArtifact` says whether an output is still there. */
export function openStepRecords(
  root: string,
  hasArtifact: (digest: string) => Promise<boolean>,
): StepRecords {
  const recordPath = (key: string) => join(root, 'steps', key.slice(0, 2), `${key}.json`);
  const historyPath = (type: string) => join(root, 'history', `${type}.jsonl`);
  const read = async (key: string): Promise<StepRecord | undefined> => {
    return parseRecord(await readTextIfPresent(recordPath(key)), key);
  };
  const journals = new Map<string, Journal>();
  /** Newest first. Read again only when it has grown: a plan asks once for each node. */
  const readEntries = async (path: string): Promise<readonly Entry[]> => {
    const bytes = (await stat(path).catch(() => undefined))?.size ?? 0;
    const known = journals.get(path);
    if (known?.bytes === bytes) return known.entries;
    const text = (await readTextIfPresent(path)) ?? '';
    const entries = text.split('\n').flatMap(parseEntry).reverse();
    journals.set(path, { bytes, entries });
    return entries;
  };
  const earlier = new Map<string, Promise<StepRecord | undefined>>();
  /** A record never changes, and many new nodes compare with the same ones. */
  const readOnce = (key: string): Promise<StepRecord | undefined> => {
    const known = earlier.get(key) ?? read(key);
    if (earlier.size < mostKept) earlier.set(key, known);
    return known;
  };
  return {
    async remember(record) {
      const { key, nodeId, parts } = record;
      await writeDurably(recordPath(key), `${JSON.stringify(record)}\n`);
      if (parts.shard !== undefined) return; // a part says nothing about how its step changed
      await mkdir(join(root, 'history'), { recursive: true });
      // The line begins with a break: a torn one before it spoils only itself.
      await appendFile(historyPath(parts.type), `\n${JSON.stringify({ key, nodeId })}\n`);
    },
    forget: (key) => rm(recordPath(key), { force: true }),
    async lookup(key) {
      const record = await read(key);
      if (record === undefined) return undefined;
      const found = await Promise.all(Object.values(record.outputs).map(hasArtifact));
      return found.every(Boolean) ? record : undefined;
    },
    async history(type, nodeId) {
      const entries = await readEntries(historyPath(type));
      const own = entries.filter((entry) => entry.nodeId === nodeId);
      const wanted = own.length > 0 ? own : entries;
      const keys = [...new Set(wanted.map(({ key }) => key))].slice(0, historyLength);
      const records = await Promise.all(keys.map(readOnce));
      return records.filter((record) => record !== undefined);
    },
  };
}

/** A record that a disk damaged is no record: its step runs again. */
function parseRecord(text: string | undefined, key: string): StepRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as StepRecord; // `remember` wrote it, whole or not at all
    return record.key === key && typeof record.outputs === 'object' ? record : undefined;
  } catch {
    return undefined;
  }
}

/** A torn last line (another process is appending, or the power went) is skipped. */
function parseEntry(line: string): Entry[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}

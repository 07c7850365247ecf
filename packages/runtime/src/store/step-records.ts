/** Records of finished steps by key, and which keys a node has had. */
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepRecord } from '@radiograph/graph';
import { readTextIfPresent, writeDurably } from './files.ts';

export type StepRecords = {
  readonly remember: (record: StepRecord) => Promise<void>;
  /** The record of a key whose artifacts are all present. */
  readonly lookup: (key: string) => Promise<StepRecord | undefined>;
  /** Earlier records of a node type, those of the node itself first, newest first. */
  readonly history: (type: string, nodeId: string) => Promise<readonly StepRecord[]>;
};

type Entry = { readonly key: string; readonly nodeId: string };

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
  return {
    async remember(record) {
      const { key, nodeId, parts } = record;
      await writeDurably(recordPath(key), `${JSON.stringify(record)}\n`);
      await mkdir(join(root, 'history'), { recursive: true });
      // The line begins with a break: a torn one before it spoils only itself.
      await appendFile(historyPath(parts.type), `\n${JSON.stringify({ key, nodeId })}\n`);
    },
    async lookup(key) {
      const record = await read(key);
      if (record === undefined) return undefined;
      const found = await Promise.all(Object.values(record.outputs).map(hasArtifact));
      return found.every(Boolean) ? record : undefined;
    },
    async history(type, nodeId) {
      const text = await readTextIfPresent(historyPath(type));
      const entries = (text ?? '').split('\n').flatMap(parseEntry).reverse();
      const own = entries.filter((entry) => entry.nodeId === nodeId);
      const others = entries.filter((entry) => entry.nodeId !== nodeId);
      const keys = [...new Set([...own, ...others].map(({ key }) => key))].slice(0, historyLength);
      const records = await Promise.all(keys.map(read));
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

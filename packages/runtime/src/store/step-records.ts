/** Records of finished steps by key, and which keys a node has had. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { StepRecord } from '@radiograph/graph';
import type { Artifacts } from './artifacts.ts';
import { type Durability, explainStorage, isErrno, readSmallText, writeWhole } from './files.ts';
import { openHistory } from './history.ts';

export type StepRecords = {
  readonly remember: (record: StepRecord, durability?: Durability) => Promise<void>;
  /** Removes a record; its artifacts become garbage unless others hold them. */
  readonly forget: (key: string) => Promise<void>;
  /** The record of a key whose artifacts are all present. */
  readonly lookup: (key: string) => Promise<StepRecord | undefined>;
  /** Earlier records of this node type and node id, newest first; those of other nodes where it has none. */
  readonly history: (type: string, nodeId: string) => Promise<readonly StepRecord[]>;
  /** Whether a step of this key is among the last that this node, or another of its type, has had. */
  readonly hasRun: (type: string, nodeId: string, key: string) => boolean;
};

const mostKept = 2000; // records kept in memory for explanations

/** A record as it is kept: with the blobs of its outputs, so that a plan need not read thousands of manifests to know them. */
type Kept = StepRecord & { readonly blobs?: readonly string[] };

/** Opens `steps/` and `history/` below `root`; `artifacts` says whether an output is still there. */
export function openStepRecords(
  root: string,
  artifacts: Pick<Artifacts, 'has' | 'hasFiles' | 'blobsOf'>,
): StepRecords {
  const steps = join(root, 'steps');
  const recordPath = (key: string) => `${steps}/${key.slice(0, 2)}/${key}.json`;
  const historyPath = (type: string) => join(root, 'history', `${type}.jsonl`);
  const read = (key: string) => parseRecord(readSmallText(recordPath(key)), key);
  const history = openHistory(historyPath);
  const earlier = new Map<string, StepRecord | undefined>();
  /** A record never changes, and many new nodes compare with the same ones. */
  const readOnce = (key: string): StepRecord | undefined => {
    if (earlier.has(key)) return earlier.get(key);
    const record = read(key);
    if (earlier.size < mostKept) earlier.set(key, record);
    return record;
  };
  return {
    async remember(record, durability = { sync: true }) {
      const { key, nodeId, parts } = record;
      const blobs = Object.values(record.outputs).flatMap(artifacts.blobsOf);
      const kept: Kept = { ...record, blobs };
      await writeWhole(recordPath(key), `${JSON.stringify(kept)}\n`, durability);
      if (parts.shard !== undefined) return; // a part says nothing about how its step changed
      // The line begins with a break: a torn one before it spoils only itself.
      appendLine(historyPath(parts.type), `\n${JSON.stringify({ key, nodeId })}\n`);
    },
    forget: (key) => rm(recordPath(key), { force: true }),
    async lookup(key) {
      const kept = read(key);
      if (kept === undefined) return undefined;
      const { blobs, ...record } = kept;
      const digests = Object.values(record.outputs);
      // Older versions kept no blobs.
      const isThere =
        blobs === undefined ? digests.every(artifacts.has) : artifacts.hasFiles(digests, blobs);
      return isThere ? record : undefined;
    },
    hasRun: (type, nodeId, key) => history.keys(type, nodeId).includes(key),
    async history(type, nodeId) {
      const records = history.keys(type, nodeId).map(readOnce);
      return records.filter((record) => record !== undefined);
    },
  };
}

function appendLine(path: string, line: string): void {
  try {
    try {
      appendFileSync(path, line);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      mkdirSync(dirname(path), { recursive: true });
      appendFileSync(path, line);
    }
  } catch (error) {
    throw explainStorage(error, path);
  }
}

/** A record that a disk damaged is no record: its step runs again. */
function parseRecord(text: string | undefined, key: string): Kept | undefined {
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as Kept; // `remember` wrote it, whole or not at all
    return record.key === key && typeof record.outputs === 'object' ? record : undefined;
  } catch {
    return undefined;
  }
}

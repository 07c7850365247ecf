/** Records of finished steps by key, and which keys a node has had. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepRecord } from '@radiograph/graph';
import type { Artifacts, Pending } from './artifacts.ts';
import { type Durability, readSmallText, writeWhole } from './files.ts';
import { openHistory } from './history.ts';
import type { Journal } from './journal.ts';
import type { Kept } from './journal-line.ts';
import { printRecord, readRecord } from './record-file.ts';

export type StepRecords = {
  readonly remember: (record: StepRecord, durability?: Durability) => Promise<void>;
  /** Removes a record; its artifacts become garbage unless others hold them. */
  readonly forget: (key: string) => Promise<void>;
  /** The record of a key whose artifacts are all present. */
  readonly lookup: (key: string) => Promise<StepRecord | undefined>;
  /** Earlier records of this node type and node id, newest first; those of other nodes where it has none, unless only its own are asked for. */
  readonly history: (type: string, nodeId: string, whose?: 'own') => Promise<readonly StepRecord[]>;
  /** Whether a step of this key is among the last that this node, or another of its type, has had; without a key: whether this node has had any. */
  readonly hasRun: (type: string, nodeId: string, key?: string) => boolean;
};

const mostKept = 2000; // records kept in memory for explanations

/** Opens `steps/` and `history/` below `root`, and the journal; `artifacts` says whether an output is still there. */
export function openStepRecords(
  root: string,
  artifacts: Pick<Artifacts, 'has' | 'hasFiles' | 'blobsOf'> & Pending,
  journal: Journal,
): StepRecords {
  const steps = join(root, 'steps');
  const recordPath = (key: string) => `${steps}/${key.slice(0, 2)}/${key}.json`;
  const historyPath = (type: string) => join(root, 'history', `${type}.jsonl`);
  const readFile = (key: string): Kept | undefined => {
    const text = readSmallText(recordPath(key));
    return text === undefined ? undefined : readRecord(text, key);
  };
  const keep = async (record: StepRecord, durability: Durability): Promise<void> => {
    const digests = Object.values(record.outputs);
    const all = digests.flatMap(artifacts.blobsOf);
    const packed = artifacts.take(digests);
    const blobs = all.filter((blob) => packed.blobs[blob] === undefined);
    if (!durability.sync && journal.append({ ...record, blobs }, packed)) return;
    await artifacts.writeFiles(packed, durability);
    const kept: Kept = { ...record, blobs: all };
    await writeWhole(recordPath(record.key), printRecord(kept), durability);
  };
  const history = openHistory(historyPath);
  const earlier = new Map<string, StepRecord | undefined>();
  /** A record never changes, and many new nodes compare with the same ones. */
  const readOnce = (key: string): StepRecord | undefined => {
    if (earlier.has(key)) return earlier.get(key);
    const record = journal.recall(key)?.record ?? readFile(key);
    if (earlier.size < mostKept) earlier.set(key, record);
    return record;
  };
  return {
    async remember(record, durability = { sync: true }) {
      const { key, nodeId, parts } = record;
      await keep(record, durability);
      if (parts.shard !== undefined) return; // a part says nothing about how its step changed
      history.append(parts.type, { key, nodeId });
    },
    async forget(key) {
      journal.drop(key);
      await rm(recordPath(key), { force: true });
    },
    async lookup(key) {
      const entry = journal.find(key);
      const kept = entry?.record ?? readFile(key);
      if (kept === undefined) return undefined;
      const { blobs, ...record } = kept;
      const digests = Object.values(record.outputs).filter(
        (d) => entry?.manifests[d] === undefined,
      );
      // Older versions kept no blobs.
      const isThere =
        blobs === undefined ? digests.every(artifacts.has) : artifacts.hasFiles(digests, blobs);
      return isThere ? record : undefined;
    },
    hasRun: (type, nodeId, key) =>
      key === undefined
        ? history.own(type, nodeId).length > 0
        : history.keys(type, nodeId).includes(key),
    async history(type, nodeId, whose) {
      const keys = whose === 'own' ? history.own(type, nodeId) : history.keys(type, nodeId);
      const records = keys.map(readOnce);
      return records.filter((record) => record !== undefined);
    },
  };
}

/** Which keys a node has had: `history/<type>.jsonl`, to which every process of a store appends. */
import {
  appendFileSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { explainStorage, isErrno } from './files.ts';

/** Keys by node, newest first. */
export type History = {
  /** Adds the newest key of a node. @throws a data error if the disk is full or read-only. */
  readonly append: (type: string, entry: Entry) => void;
  /** At most 100 keys of this node, each once. */
  readonly own: (type: string, nodeId: string) => readonly string[];
  /** At most 100 keys of this node, each once; those of other nodes of the type where it has none. */
  readonly keys: (type: string, nodeId: string) => readonly string[];
};

/** What has been read of one file; the lists are oldest first. */
type Journal = { bytes: number; readonly all: string[]; readonly byNode: Map<string, string[]> };
/** A node, and a key that it has had. */
type Entry = { readonly key: string; readonly nodeId: string };

const longest = 100; // keys that a plan compares to explain a change

/** Opens the history; of a file that has grown only the new end is read, because a plan asks once for each node. */
export function openHistory(pathOf: (type: string) => string): History {
  const journals = new Map<string, Journal>();
  const open = (type: string): Journal => {
    const journal = catchUp(pathOf(type), journals.get(type) ?? startJournal());
    journals.set(type, journal);
    return journal;
  };
  return {
    append(type, entry) {
      const path = pathOf(type);
      const bytes = Buffer.from(`\n${JSON.stringify(entry)}\n`); // a torn line before it spoils only itself
      const size = appendLine(path, bytes);
      const known = journals.get(type);
      if (known !== undefined && size === known.bytes + bytes.length) {
        include(known, bytes.toString('utf8', 1, bytes.length - 1));
        known.bytes = size;
      } // else others wrote too: the next look reads it all
    },
    own: (type, nodeId) => newest(open(type).byNode.get(nodeId) ?? []),
    keys(type, nodeId) {
      const journal = open(type);
      return newest(journal.byNode.get(nodeId) ?? journal.all);
    },
  };
}

/** Returns the size of the file afterwards. */
function appendLine(path: string, bytes: Buffer): number {
  try {
    const file = openToAppend(path);
    try {
      appendFileSync(file, bytes);
      return fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw explainStorage(error, path);
  }
}

function openToAppend(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a');
  }
}

const startJournal = (): Journal => ({ bytes: 0, all: [], byNode: new Map() });

/** A file that has shrunk is another one: it is read from its start. */
function catchUp(path: string, before: Journal): Journal {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === before.bytes) return before;
  const file = openIfPresent(path);
  if (file === undefined) return startJournal();
  try {
    const journal = size < before.bytes ? startJournal() : before;
    const bytes = Buffer.alloc(size - journal.bytes);
    const count = readSync(file, bytes, 0, bytes.length, journal.bytes);
    // What follows the last break may be half a line that another process is writing.
    const whole = bytes.subarray(0, count).lastIndexOf(0x0a) + 1;
    for (const line of bytes.toString('utf8', 0, whole).split('\n')) include(journal, line);
    journal.bytes += whole;
    return journal;
  } finally {
    closeSync(file);
  }
}

function openIfPresent(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** A torn line (the power went) or a changed one is skipped: it only explains. */
function include({ all, byNode }: Journal, line: string): void {
  if (line === '') return;
  try {
    const { key, nodeId } = JSON.parse(line) as Entry;
    if (typeof key !== 'string' || typeof nodeId !== 'string') return;
    all.push(key);
    const own = byNode.get(nodeId);
    if (own === undefined) byNode.set(nodeId, [key]);
    else own.push(key);
  } catch {}
}

function newest(keys: readonly string[]): string[] {
  const found = new Set<string>();
  for (let i = keys.length - 1; i >= 0 && found.size < longest; i--) found.add(keys[i]!);
  return [...found];
}

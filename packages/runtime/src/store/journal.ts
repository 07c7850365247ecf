/**
 * The journal: small finished steps, one line each, in `store/journal/<host>-<random>.log`.
 *
 * To create a file takes a disk about as long as a hundred such lines, so what is cheap to compute is appended: one write, whole or torn
 * and then found by its sum. Processes of one host append to the same file, other hosts to theirs; everybody reads all of them. What is
 * large, or took long and must outlive a power failure, are files of its own; so is everything once the journal is full.
 */
import { appendLine } from './journal-append.ts';
import { catchUp, emptyIndex, type Index, listLines, type PlacedLine } from './journal-index.ts';
import {
  type Entry,
  type Kept,
  type Line,
  type Packed,
  printLine,
  readLine,
} from './journal-line.ts';

/** Bytes of all files together: what a process reads when it opens a store. */
const fullBytes = 16 * 2 ** 20;
const longestLine = 256 * 2 ** 10;

export type Journal = {
  /** The entry of a key, also if another process has just appended it. Whole: its sum was checked. */
  readonly find: (key: string) => Entry | undefined;
  /** The same without a look at the disk. */
  readonly recall: (key: string) => Entry | undefined;
  readonly manifest: (digest: string) => string | undefined;
  readonly blob: (digest: string) => Uint8Array | undefined;
  /** The file that an artifact or blob should be in; undefined if it is in none. */
  readonly placeOf: (digest: string) => string | undefined;
  /** Adds a step; false if the journal is full or it is too large for it. @throws a data error if the disk is. */
  readonly append: (record: Kept, packed: Packed) => boolean;
  /** Takes back every line of this sum or key, or that holds an artifact or blob of this digest. */
  readonly drop: (name: string) => void;
  /** Lines as they are now, damaged ones too; of a key the newest first. */
  readonly lines: () => readonly PlacedLine[];
  /** Bytes of its files, with what was taken back and what is torn. */
  readonly bytes: () => number;
};

/** Opens the journal in a folder; it is made with the first line. */
export function openJournal(folder: string): Journal {
  let index: Index | undefined;
  let latest: { readonly line: Line; readonly entry: Entry | undefined } | undefined;
  let isFresh = false;
  const now = (): Index => {
    index = catchUp(folder, index ?? emptyIndex());
    if (!isFresh) setImmediate(() => (isFresh = false));
    isFresh = true;
    return index;
  };
  const open = (line: Line | undefined): Entry | undefined => {
    if (line === undefined) return undefined;
    if (latest?.line !== line) latest = { line, entry: readLine(line) };
    return latest.entry;
  };
  const search = <T>({ byName }: Index, digest: string, get: (entry: Entry) => T | undefined) => {
    for (const line of byName.get(digest)?.toReversed() ?? []) {
      const entry = open(line);
      const found = entry && get(entry);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  /** What is known is enough; what is not, or damaged, another process may have added since. */
  const among = <T>(digest: string, get: (entry: Entry) => T | undefined): T | undefined =>
    (index && search(index, digest, get)) ?? search(now(), digest, get);
  return {
    find(key) {
      // A plan asks for thousands in one turn of the event loop: what it finds it need not look for again, what it misses it must.
      const known = isFresh ? index?.byKey.get(key) : undefined;
      return open(known ?? now().byKey.get(key));
    },
    recall: (key) => open((index ?? now()).byKey.get(key)),
    manifest: (digest) => among(digest, ({ manifests }) => manifests[digest]),
    blob: (digest) => among(digest, ({ blobs }) => blobs[digest]),
    placeOf: (digest) => (index ?? now()).byName.get(digest)?.at(-1)?.path,
    append(record, packed) {
      const text = printLine({ record, ...packed });
      if (text.length > longestLine) return false;
      // Whoever knows of no file looks again: another process may have begun one.
      const known = index === undefined || index.read.size === 0 ? now() : index;
      return appendLine(folder, known, { text, room: fullBytes });
    },
    drop(name) {
      const known = now();
      for (const { sum, key, names } of listLines(known))
        if ([sum, key, ...names].includes(name))
          appendLine(folder, known, { text: `drop ${sum}`, room: Number.POSITIVE_INFINITY });
    },
    lines: () => listLines(now()),
    bytes: () => [...now().read.values()].reduce((sum, size) => sum + size, 0),
  };
}

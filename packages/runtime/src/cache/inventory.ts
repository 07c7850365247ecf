/** What is in a store: finished steps, what their artifacts weigh, and who holds them. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { StepRecord } from '@radiograph/graph';
import { isErrno, readTextIfPresent } from '../store/files.ts';
import { openJournal } from '../store/journal.ts';
import { type Entry, readLine } from '../store/journal-line.ts';
import { readRecord } from '../store/record-file.ts';
import { readPins } from './pins.ts';

/** One finished step that is kept. */
export type CachedStep = {
  readonly record: StepRecord;
  /** Artifact files that this step alone holds, in bytes: what removing it frees. */
  readonly ownBytes: number;
  /** All of its artifact files, shared ones too. */
  readonly bytes: number;
  /** A pinned run used it. */
  readonly isPinned: boolean;
};

/** A store, counted. */
export type Inventory = {
  readonly steps: readonly CachedStep[];
  /** All files of artifacts, each once, by path below the store; lines of the journal too, by `lineOf`. */
  readonly files: ReadonlyMap<string, StoredFile>;
  readonly totalBytes: number;
};

/** A file of the store and the keys of the steps that need it. */
export type StoredFile = {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly holders: readonly string[];
};

/** Counts the store of a `.radiograph` folder. Reads records and manifests, no blobs but the small ones of the journal. */
export async function takeInventory(home: string): Promise<Inventory> {
  const root = join(home, 'store');
  const lines = readJournal(root);
  const records = mergeRecords(await readRecords(root), lines);
  const sizes = await listSizes(root);
  for (const [key, { bytes }] of lines) sizes.set(lineOf(key), { bytes, modifiedMs: 0 });
  const pinned = await readPins(home);
  const holders = new Map<string, string[]>();
  const needs = new Map<string, readonly string[]>();
  for (const { key, outputs } of records) {
    const { manifests = {} } = lines.get(key)?.entry ?? {};
    const files = await Promise.all(
      Object.values(outputs).map((digest) => filesOf(root, digest, manifests[digest])),
    );
    const unique = [...new Set([lineOf(key), ...files.flat()])].filter((file) => sizes.has(file));
    needs.set(key, unique);
    for (const file of unique) holders.set(file, [...(holders.get(file) ?? []), key]);
  }
  const sum = (files: readonly string[]) =>
    files.reduce((total, file) => total + sizes.get(file)!.bytes, 0);
  const steps = records.map((record): CachedStep => {
    const files = needs.get(record.key)!;
    const own = files.filter((file) => holders.get(file)!.length === 1);
    const isPinned = pinned.has(record.key);
    return { record, bytes: sum(files), ownBytes: sum(own), isPinned };
  });
  const files = new Map(
    [...sizes].map(([file, size]) => [file, { ...size, holders: holders.get(file) ?? [] }]),
  );
  return { steps, files, totalBytes: sum([...sizes.keys()]) };
}

/** The journal's lines count as files of their step. */
export const lineOf = (key: string): string => `journal/${key}`;

type Lines = ReadonlyMap<string, { readonly entry: Entry; readonly bytes: number }>;

/** Damaged lines are no records: `radiograph cache verify` says so. Of several with one key the newest counts, which comes first. */
function readJournal(root: string): Lines {
  const found = new Map<string, { readonly entry: Entry; readonly bytes: number }>();
  for (const line of openJournal(join(root, 'journal')).lines()) {
    const entry = found.has(line.key) ? undefined : readLine(line);
    if (entry !== undefined) found.set(line.key, { entry, bytes: line.rest.length });
  }
  return found;
}

function mergeRecords(files: readonly StepRecord[], lines: Lines): StepRecord[] {
  const records = new Map(files.map((record) => [record.key, record]));
  for (const [key, { entry }] of lines) records.set(key, entry.record);
  return [...records.values()].sort((a, b) => (a.finishedAt < b.finishedAt ? -1 : 1));
}

/** Paths below the store of an artifact's manifest and blobs; the manifest alone where it is missing or damaged. `packed`: the text of one in the journal. */
async function filesOf(root: string, digest: string, packed?: string): Promise<string[]> {
  const manifest = join('artifacts', digest.slice(0, 2), `${digest}.json`);
  const text = packed ?? (await readTextIfPresent(join(root, manifest)));
  const blobs = text === undefined ? [] : parseBlobs(text);
  return [manifest, ...blobs.map((blob) => join('blobs', blob.slice(0, 2), blob))];
}

function parseBlobs(text: string): string[] {
  try {
    return Object.values((JSON.parse(text) as { blobs: Record<string, string> }).blobs);
  } catch {
    return []; // damaged: `radiograph cache verify` says so
  }
}

/** A file of `store/steps`; `record` is undefined where it is damaged. */
export type RecordFile = { readonly path: string; readonly record: StepRecord | undefined };

/** Every file of records below a store's root; what is not a record's place is damage, too. */
export async function listRecordFiles(root: string): Promise<RecordFile[]> {
  const paths = await listFiles(join(root, 'steps'));
  const files = await Promise.all(
    paths
      .filter((path) => path.endsWith('.json'))
      .map(async (path) => {
        const text = await readTextIfPresent(path); // removed meanwhile: nothing to say
        return text === undefined
          ? []
          : [{ path, record: readRecord(text, basename(path, '.json')) }];
      }),
  );
  return files.flat();
}

async function readRecords(root: string): Promise<StepRecord[]> {
  const files = await listRecordFiles(root);
  return files.flatMap(({ record }) => record ?? []); // `radiograph cache verify` names the others
}

type Size = { readonly bytes: number; readonly modifiedMs: number };

async function listSizes(root: string): Promise<Map<string, Size>> {
  const paths = [
    ...(await listFiles(join(root, 'artifacts'))),
    ...(await listFiles(join(root, 'blobs'))),
  ];
  const sizes = new Map<string, Size>();
  for (const path of paths) {
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) continue; // removed meanwhile
    sizes.set(path.slice(root.length + 1), { bytes: stats.size, modifiedMs: stats.mtimeMs });
  }
  return sizes;
}

/** Files below a folder, deep; none if there is no folder. */
export async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

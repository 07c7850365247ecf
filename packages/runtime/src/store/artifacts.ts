/** Artifacts: a manifest naming blobs by digest; an artifact's own digest is that of its manifest. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  canonicalJson,
  type PortKind,
  type PortValues,
  RadiographError,
  type SampleRange,
} from '@radiograph/graph';
import { sliceSamples } from '@radiograph/kinds';
import { assertKind } from './check-value.ts';
import { codecs } from './codecs.ts';
import { type Durability, digestBytes, isErrno, readExpectedText, writeWhole } from './files.ts';
import type { Journal } from './journal.ts';
import type { Packed } from './journal-line.ts';

/** Any value that travels along a wire. */
export type AnyValue = PortValues[PortKind];

export type Artifacts = {
  /** Stores a value and returns its artifact digest; a small one without sync only with the record of its step. @throws a node error if it is not of this kind, a data error if numbers are not finite. */
  readonly put: <K extends PortKind>(
    kind: K,
    value: PortValues[K],
    durability?: Durability,
  ) => Promise<string>;
  /** Loads a value. @throws {DamageError} if a part is missing or its bytes changed. */
  readonly get: (digest: string) => Promise<{ readonly kind: PortKind; readonly value: AnyValue }>;
  /** Some samples of a list, from the blobs that they lie in. @throws {DamageError} as `get` does, for those blobs. */
  readonly getPart: (digest: string, range: SampleRange) => Promise<AnyValue>;
  /** An artifact without loading it: its kind, and where its blobs lie. Undefined if it is not there. */
  readonly locate: (digest: string) => Promise<ArtifactFiles | undefined>;
  /** Whether an artifact and all its blobs are there. Blobs are not read: `get` finds out whether they are whole. */
  readonly has: (digest: string) => boolean;
  /** Digests of the blobs of an artifact; none if it is not there. */
  readonly blobsOf: (digest: string) => readonly string[];
  /** Whether these artifacts and blobs are there, as far as can be told without reading any. */
  readonly hasFiles: (digests: readonly string[], blobs: readonly string[]) => boolean;
  /** Removes what is damaged of an artifact, so that it counts as missing and is computed again. */
  readonly discard: (digest: string) => Promise<void>;
};

/** An artifact that is not what was stored: the disk lost or changed a part of it. */
export class DamageError extends RadiographError {
  readonly digest: string;

  constructor(digest: string, path: string, message: string) {
    super('data', { path, message });
    this.name = 'DamageError';
    this.digest = digest;
  }
}

/** Where the parts of an artifact lie. */
export type ArtifactFiles = {
  readonly kind: PortKind;
  readonly manifest: unknown;
  /** By name: the path of a blob, or its bytes where it is no file of its own. */
  readonly blobs: Readonly<Record<string, string | Uint8Array>>;
};

/** Artifacts that wait for the record of their step, to be kept with it. */
export type Pending = {
  /** Those of these artifacts; they wait no longer. */
  readonly take: (digests: readonly string[]) => Packed;
  /** Writes them as files after all. */
  readonly writeFiles: (packed: Packed, durability: Durability) => Promise<void>;
};

type Artifact = {
  readonly kind: PortKind;
  readonly manifest: unknown;
  readonly blobs: Readonly<Record<string, string>>;
};

const smallBytes = 64 * 2 ** 10; // manifest and blobs; what is larger is a file

/** Opens `blobs/` and `artifacts/` below `root`; small ones may be in the journal. */
export function openArtifacts(root: string, journal: Journal): Artifacts & Pending {
  const paths = openPaths(root);
  const { blobPath, manifestPath } = paths;
  const pending = openPending();
  const { readArtifact, readOrThrow, loadBlobs } = openReaders(paths, { journal, pending });
  const writeFiles = openWriter(paths);
  const lately = new Map<string, readonly string[]>(); // what this process has put as files
  return {
    async put(kind, value, durability = { sync: true }) {
      assertKind(kind, value);
      const { digest, packed } = encode(kind, value);
      if (!durability.sync && weigh(packed) <= smallBytes)
        pending.add(digest, { ...packed, blobs: await leaveOut(packed.blobs, blobPath) });
      else {
        await writeFiles(packed, durability);
        lately.set(digest, Object.keys(packed.blobs));
      }
      return digest;
    },
    async get(digest) {
      const { kind, manifest, blobs } = readOrThrow(digest);
      const loaded = await loadBlobs(digest, blobs, Object.keys(blobs));
      return { kind, value: codecs[kind].decode(manifest, loaded) };
    },
    async getPart(digest, range) {
      const { kind, manifest, blobs } = readOrThrow(digest);
      const { part, decode } = codecs[kind];
      const names = Object.keys(blobs);
      if (part === undefined) {
        const whole = decode(manifest, await loadBlobs(digest, blobs, names));
        return sliceSamples(kind, whole, range);
      }
      const cut = part(manifest, names, range);
      return decode(cut.manifest, await loadBlobs(digest, blobs, cut.names));
    },
    async locate(digest) {
      const artifact = readArtifact(digest);
      if (artifact === undefined) return undefined;
      const places = Object.entries(artifact.blobs).map(([name, blob]) => [
        name,
        journal.blob(blob) ?? blobPath(blob),
      ]);
      return { ...artifact, blobs: Object.fromEntries(places) };
    },
    has(digest) {
      const artifact = readArtifact(digest);
      if (artifact === undefined) return false;
      const isThere = (blob: string) =>
        journal.blob(blob) !== undefined || existsSync(blobPath(blob));
      return Object.values(artifact.blobs).every(isThere);
    },
    blobsOf: (digest) => lately.get(digest) ?? Object.values(readArtifact(digest)?.blobs ?? {}),
    hasFiles: (digests, blobs) =>
      digests.every((digest) => existsSync(manifestPath(digest))) &&
      blobs.every((blob) => existsSync(blobPath(blob))),
    async discard(digest) {
      const artifact = readArtifact(digest);
      journal.drop(digest);
      for (const blob of Object.values(artifact?.blobs ?? {}))
        if ((await readWhole(blobPath(blob), blob)) === undefined)
          await rm(blobPath(blob), { force: true });
      await rm(manifestPath(digest), { force: true });
    },
    take: pending.take,
    writeFiles,
  };
}

function encode<K extends PortKind>(kind: K, value: PortValues[K]) {
  const { manifest, blobs } = codecs[kind].encode(value);
  const named = Object.entries(blobs).map(([name, data]) => [name, digestBytes(data)] as const);
  const byDigest = named.map(([name, blob]) => [blob, blobs[name]!] as const);
  const text = canonicalJson({ kind, manifest, blobs: Object.fromEntries(named) });
  const digest = digestBytes(text);
  const packed: Packed = { manifests: { [digest]: text }, blobs: Object.fromEntries(byDigest) };
  return { digest, packed };
}

/** Blobs that are not files already. */
async function leaveOut(blobs: Packed['blobs'], blobPath: Paths['blobPath']) {
  const left: Record<string, Uint8Array> = {};
  for (const [digest, bytes] of Object.entries(blobs))
    if (!(await isWhole(blobPath(digest), digest))) left[digest] = bytes;
  return left;
}

function weigh({ manifests, blobs }: Packed): number {
  const texts = Object.values(manifests).reduce((sum, { length }) => sum + length, 0);
  return Object.values(blobs).reduce((sum, { length }) => sum + length, texts);
}

/** Artifacts in memory. One that several steps have put waits for each of them. */
function openPending() {
  const waiting = new Map<string, { readonly packed: Packed; steps: number }>();
  return {
    find: (digest: string): Packed | undefined => waiting.get(digest)?.packed,
    add(digest: string, packed: Packed): void {
      const known = waiting.get(digest);
      if (known === undefined) waiting.set(digest, { packed, steps: 1 });
      else known.steps++;
    },
    take(digests: readonly string[]): Packed {
      const taken = { manifests: {}, blobs: {} };
      for (const digest of new Set(digests)) {
        const found = waiting.get(digest);
        if (found === undefined) continue;
        found.steps--;
        if (found.steps === 0) waiting.delete(digest);
        Object.assign(taken.manifests, found.packed.manifests);
        Object.assign(taken.blobs, found.packed.blobs);
      }
      return taken;
    },
  };
}

type Paths = {
  readonly blobPath: (digest: string) => string;
  readonly manifestPath: (digest: string) => string;
};

/** Not by `join`: a plan asks for thousands. */
function openPaths(root: string): Paths {
  const [blobs, artifacts] = [join(root, 'blobs'), join(root, 'artifacts')];
  return {
    blobPath: (digest) => `${blobs}/${digest.slice(0, 2)}/${digest}`,
    manifestPath: (digest) => `${artifacts}/${digest.slice(0, 2)}/${digest}.json`,
  };
}

type Memory = { readonly journal: Journal; readonly pending: ReturnType<typeof openPending> };

/** Readers that say what is missing or damaged. */
function openReaders({ blobPath, manifestPath }: Paths, { journal, pending }: Memory) {
  const readArtifact = (digest: string): Artifact | undefined => {
    const text = pending.find(digest)?.manifests[digest] ?? journal.manifest(digest);
    return text === undefined
      ? parseArtifact(readExpectedText(manifestPath(digest)), digest)
      : (JSON.parse(text) as Artifact); // its line's sum says that `put` wrote it
  };
  const readOrThrow = (digest: string): Artifact => {
    const artifact = readArtifact(digest);
    if (artifact !== undefined) return artifact;
    const path = journal.placeOf(digest) ?? manifestPath(digest);
    const message = existsSync(path) ? whatWasExpected : 'expected an artifact, got nothing';
    throw new DamageError(digest, path, message);
  };
  const loadBlobs = async (
    digest: string,
    blobs: Artifact['blobs'],
    names: readonly string[],
  ): Promise<Record<string, Uint8Array>> => {
    const loaded: Record<string, Uint8Array> = {};
    for (const name of names) {
      const blob = blobs[name]!;
      const inMemory = pending.find(digest)?.blobs[blob] ?? journal.blob(blob);
      const bytes = inMemory ?? (await readWhole(blobPath(blob), blob));
      if (bytes === undefined)
        throw new DamageError(digest, journal.placeOf(blob) ?? blobPath(blob), whatWasExpected);
      loaded[name] = bytes;
    }
    return loaded;
  };
  return { readArtifact, readOrThrow, loadBlobs };
}

const whatWasExpected = 'expected the bytes it was stored with, got others';

/** Equal content has the same name: what is there, and whole, need not be written again. */
function openWriter({ blobPath, manifestPath }: Paths): Pending['writeFiles'] {
  return async ({ manifests, blobs }, durability) => {
    const write = async (path: string, digest: string, data: string | Uint8Array) => {
      if (!(await isWhole(path, digest))) await writeWhole(path, data, durability);
    };
    for (const [digest, bytes] of Object.entries(blobs))
      await write(blobPath(digest), digest, bytes);
    for (const [digest, text] of Object.entries(manifests))
      await write(manifestPath(digest), digest, text);
  };
}

/** Undefined if there is none, or if it is damaged: then it is as good as none. */
function parseArtifact(text: string | undefined, digest: string): Artifact | undefined {
  if (text === undefined || digestBytes(text) !== digest) return undefined;
  return JSON.parse(text) as Artifact; // its digest says that `put` wrote it
}

const isWhole = async (path: string, digest: string): Promise<boolean> =>
  existsSync(path) && (await readWhole(path, digest)) !== undefined;

/** A file whose name is the digest of its content; undefined if it is missing or damaged. */
async function readWhole(path: string, digest: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path);
    if (digestBytes(bytes) !== digest) return undefined;
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

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
  sliceSamples,
} from '@radiograph/graph';
import { assertKind } from './check-value.ts';
import { codecs } from './codecs.ts';
import { type Durability, digestBytes, isErrno, readExpectedText, writeWhole } from './files.ts';

/** Any value that travels along a wire. */
export type AnyValue = PortValues[PortKind];

export type Artifacts = {
  /** Stores a value and returns its artifact digest. @throws a node error if it is not of this kind, a data error if numbers are not finite. */
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
  /** Path by blob name. */
  readonly blobs: Readonly<Record<string, string>>;
};

type Artifact = {
  readonly kind: PortKind;
  readonly manifest: unknown;
  readonly blobs: Readonly<Record<string, string>>;
};

/** Opens `blobs/` and `artifacts/` below `root`. */
export function openArtifacts(root: string): Artifacts {
  const { blobPath, manifestPath } = openPaths(root);
  const { readOrThrow, loadBlobs } = openReaders({ blobPath, manifestPath });
  const lately = new Map<string, readonly string[]>(); // what this process has put
  return {
    async put(kind, value, durability = { sync: true }) {
      const write = createWriter(durability);
      assertKind(kind, value);
      const { manifest, blobs } = codecs[kind].encode(value);
      const names: Record<string, string> = {};
      for (const [name, bytes] of Object.entries(blobs)) {
        names[name] = digestBytes(bytes);
        await write(blobPath(names[name]), names[name], bytes);
      }
      const text = canonicalJson({ kind, manifest, blobs: names });
      const digest = digestBytes(text);
      await write(manifestPath(digest), digest, text);
      lately.set(digest, Object.values(names));
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
      const artifact = readArtifact(manifestPath(digest), digest);
      if (artifact === undefined) return undefined;
      const paths = Object.entries(artifact.blobs).map(([name, blob]) => [name, blobPath(blob)]);
      return { ...artifact, blobs: Object.fromEntries(paths) };
    },
    has(digest) {
      const artifact = readArtifact(manifestPath(digest), digest);
      if (artifact === undefined) return false;
      return Object.values(artifact.blobs).every((blob) => existsSync(blobPath(blob)));
    },
    blobsOf(digest) {
      const put = lately.get(digest);
      return put ?? Object.values(readArtifact(manifestPath(digest), digest)?.blobs ?? {});
    },
    hasFiles: (digests, blobs) =>
      digests.every((digest) => existsSync(manifestPath(digest))) &&
      blobs.every((blob) => existsSync(blobPath(blob))),
    async discard(digest) {
      const artifact = readArtifact(manifestPath(digest), digest);
      for (const blob of Object.values(artifact?.blobs ?? {}))
        if ((await readWhole(blobPath(blob), blob)) === undefined)
          await rm(blobPath(blob), { force: true });
      await rm(manifestPath(digest), { force: true });
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

/** Readers that say what is missing or damaged. */
function openReaders({ blobPath, manifestPath }: Paths) {
  const readOrThrow = (digest: string): Artifact => {
    const artifact = readArtifact(manifestPath(digest), digest);
    if (artifact !== undefined) return artifact;
    const path = manifestPath(digest);
    const isThere = existsSync(path);
    const message = isThere ? whatWasExpected : 'expected an artifact, got nothing';
    throw new DamageError(digest, path, message);
  };
  const loadBlobs = async (
    digest: string,
    blobs: Artifact['blobs'],
    names: readonly string[],
  ): Promise<Record<string, Uint8Array>> => {
    const loaded: Record<string, Uint8Array> = {};
    for (const name of names) {
      const path = blobPath(blobs[name]!);
      const bytes = await readWhole(path, blobs[name]!);
      if (bytes === undefined) throw new DamageError(digest, path, whatWasExpected);
      loaded[name] = bytes;
    }
    return loaded;
  };
  return { readOrThrow, loadBlobs };
}

const whatWasExpected = 'expected the bytes it was stored with, got others';

/** Equal content has the same name: what is there, and whole, need not be written again. */
function createWriter(durability: Durability) {
  return async (path: string, digest: string, data: string | Uint8Array): Promise<void> => {
    const isThere = existsSync(path) && (await readWhole(path, digest)) !== undefined;
    if (!isThere) await writeWhole(path, data, durability);
  };
}

/** Undefined if there is none, or if it is damaged: then it is as good as none. */
function readArtifact(path: string, digest: string): Artifact | undefined {
  const text = readExpectedText(path);
  if (text === undefined || digestBytes(text) !== digest) return undefined;
  return JSON.parse(text) as Artifact; // its digest says that `put` wrote it
}

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

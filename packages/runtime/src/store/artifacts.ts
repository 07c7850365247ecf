/** Artifacts: a manifest naming blobs by digest; an artifact's own digest is that of its manifest. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, dataError, type PortKind, type PortValues } from '@radiograph/graph';
import { codecs } from './codecs.ts';
import { digestBytes, exists, readTextIfPresent, writeDurably } from './files.ts';

/** Any value that travels along a wire. */
export type AnyValue = PortValues[PortKind];

export type Artifacts = {
  /** Stores a value and returns its artifact digest. */
  readonly put: <K extends PortKind>(kind: K, value: PortValues[K]) => Promise<string>;
  /** Loads a value. @throws a data error if it is missing or its bytes changed. */
  readonly get: (digest: string) => Promise<{ readonly kind: PortKind; readonly value: AnyValue }>;
  /** An artifact without loading it: its kind, and where its blobs lie. Undefined if it is not there. */
  readonly locate: (digest: string) => Promise<ArtifactFiles | undefined>;
  /** Whether an artifact and all its blobs are there. */
  readonly has: (digest: string) => Promise<boolean>;
};

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
  const blobPath = (digest: string) => join(root, 'blobs', digest.slice(0, 2), digest);
  const manifestPath = (digest: string) =>
    join(root, 'artifacts', digest.slice(0, 2), `${digest}.json`);
  return {
    async put(kind, value) {
      const { manifest, blobs } = codecs[kind].encode(value);
      const names: Record<string, string> = {};
      for (const [name, bytes] of Object.entries(blobs)) {
        names[name] = digestBytes(bytes);
        await writeOnce(blobPath(names[name]), bytes);
      }
      const text = canonicalJson({ kind, manifest, blobs: names });
      const digest = digestBytes(text);
      await writeOnce(manifestPath(digest), text);
      return digest;
    },
    async get(digest) {
      const artifact = await readArtifact(manifestPath(digest), digest);
      if (artifact === undefined)
        throw dataError(manifestPath(digest), 'expected an artifact, got nothing');
      const blobs: Record<string, Uint8Array> = {};
      for (const [name, blob] of Object.entries(artifact.blobs))
        blobs[name] = await readBlob(blobPath(blob), blob);
      const { kind, manifest } = artifact;
      return { kind, value: codecs[kind].decode(manifest, blobs) };
    },
    async locate(digest) {
      const artifact = await readArtifact(manifestPath(digest), digest);
      if (artifact === undefined) return undefined;
      const paths = Object.entries(artifact.blobs).map(([name, blob]) => [name, blobPath(blob)]);
      return { ...artifact, blobs: Object.fromEntries(paths) };
    },
    async has(digest) {
      const artifact = await readArtifact(manifestPath(digest), digest);
      if (artifact === undefined) return false;
      const found = Object.values(artifact.blobs).map((blob) => exists(blobPath(blob)));
      return (await Promise.all(found)).every(Boolean);
    },
  };
}

/** Equal content has the same name: what is there need not be written again. */
async function writeOnce(path: string, data: string | Uint8Array): Promise<void> {
  if (!(await exists(path))) await writeDurably(path, data);
}

async function readArtifact(path: string, digest: string): Promise<Artifact | undefined> {
  const text = await readTextIfPresent(path);
  if (text === undefined) return undefined;
  assertDigest(path, text, digest);
  return JSON.parse(text) as Artifact; // its digest says that `put` wrote it
}

async function readBlob(path: string, digest: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  assertDigest(path, bytes, digest);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function assertDigest(path: string, data: string | Uint8Array, digest: string): void {
  if (digestBytes(data) === digest) return;
  throw dataError(
    path,
    'expected the bytes it was stored with, got others: delete it and run again',
  );
}

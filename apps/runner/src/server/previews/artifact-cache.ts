/** Loaded artifacts, so that paging through the images of one does not read and check it again. */
import type { PortKind } from '@radiograph/graph';
import type { AnyValue, Store } from '@radiograph/runtime';
import { HttpError } from '../http-error.ts';

export type Loaded = { readonly kind: PortKind; readonly value: AnyValue };
/** Loads by digest. @throws HttpError 404 if it is not in the store. */
export type LoadArtifact = (digest: string) => Promise<Loaded>;

const keptArtifacts = 12;

/** Keeps the artifacts used last. */
export function createArtifactCache(store: Store): LoadArtifact {
  const kept = new Map<string, Promise<Loaded>>();
  return (digest) => {
    const loading = kept.get(digest) ?? load(store, digest);
    kept.delete(digest);
    kept.set(digest, loading);
    loading.catch(() => kept.delete(digest));
    const oldest = kept.keys().next().value;
    if (kept.size > keptArtifacts && oldest !== undefined) kept.delete(oldest);
    return loading;
  };
}

async function load(store: Store, digest: string): Promise<Loaded> {
  if (!(await store.has(digest))) throw missingArtifact(digest);
  return store.get(digest);
}

/** Says that an artifact is gone. */
export function missingArtifact(digest: string): HttpError {
  const message = 'expected an artifact of the store, got nothing; run the graph again to make it';
  return new HttpError(404, { code: 'missing', problem: { path: digest, message } });
}

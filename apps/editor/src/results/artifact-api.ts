/** Artifacts as the server describes and draws them. They never change, so each is read once. */
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { call } from '../api/client.ts';

const Interval = z.object({ mean: z.number(), lower: z.number(), upper: z.number() });
/** A bootstrap interval. */
export type Interval = z.infer<typeof Interval>;

const Statistics = z.object({
  count: z.number(),
  nanCount: z.number(),
  minimum: z.number(),
  maximum: z.number(),
  mean: z.number(),
  counts: z.array(z.number()),
});
/** Range, missing values and distribution of an array; `counts` are equal bins from minimum to maximum. */
export type Statistics = z.infer<typeof Statistics>;

export const ArtifactSummary = z.object({
  kind: z.string(),
  facts: z.array(z.object({ name: z.string(), value: z.string() })),
  samples: z.array(z.string()),
  classes: z.array(z.string()),
  statistics: z.array(z.object({ name: z.string(), numbers: Statistics })),
  /** What the kind shows whole; each view checks the part that it draws. */
  data: z.unknown(),
});
export type ArtifactSummary = z.infer<typeof ArtifactSummary>;

const RocReply = z.object({
  curves: z.array(
    z.object({
      name: z.string(),
      positives: z.number(),
      negatives: z.number(),
      area: z.number().nullable(),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
});

/** A table's rows, as its summary holds them. */
export const TableData = z.object({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
});
export type TableData = z.infer<typeof TableData>;

const Means = z.object({ perClass: z.array(z.number().nullable()), mean: z.number().nullable() });
/** Scores, as their summary holds them. */
export const ScoresData = z.object({
  classes: z.array(z.string()),
  ids: z.array(z.string()),
  dataset: Means,
  perImage: Means.extend({ iou: z.array(z.array(z.number().nullable())) }),
  bootstrap: z.object({
    replicates: z.number(),
    perClass: z.array(Interval.nullable()),
    mean: Interval.nullable(),
  }),
});
export type ScoresData = z.infer<typeof ScoresData>;

const artifactAt = (digest: string) => `/api/artifacts/${digest}`;

/** Kind, shape, range and distribution of an artifact. */
export const readArtifact = (digest: string) => call(artifactAt(digest), ArtifactSummary);

/** ROC curves of an artifact's image-level probabilities. */
export const readRoc = async (digest: string, truth: string) =>
  (await call(`${artifactAt(digest)}/roc?truth=${truth}`, RocReply)).curves;

/** A stored file of an artifact, as the server sends it. */
export const blobUrl = (digest: string, name: string) => `${artifactAt(digest)}/blobs/${name}`;

export type Drawing = {
  readonly width: number;
  /** Indices of the classes to draw; undefined: all. */
  readonly classes?: readonly number[] | undefined;
  readonly opacity?: number;
};

/** The picture of one image with this artifact over it; `images` have its pixels. */
export function thumbnailUrl(
  digest: string,
  { id, images }: { readonly id: string; readonly images: readonly string[] },
  { width, classes, opacity }: Drawing,
): string {
  const query = new URLSearchParams({ id, images: images.join(','), width: String(width) });
  if (classes !== undefined) query.set('classes', classes.join(','));
  if (opacity !== undefined) query.set('opacity', opacity.toFixed(2));
  return `${artifactAt(digest)}/thumbnail?${query}`;
}

/** Something that is read once by its key. */
export type Loaded<T> =
  | { readonly type: 'waiting' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'ready'; readonly value: T };

const waiting = { type: 'waiting' } as const;

/** A cached reader as a hook; a null key reads nothing. Failures are not kept. */
export function createReader<T>(
  read: (key: string) => Promise<T>,
): (key: string | null) => Loaded<T> {
  const kept = new Map<string, Loaded<T>>();
  return function useRead(key) {
    const known = key === null ? waiting : (kept.get(key) ?? waiting);
    const [, render] = useState(0);
    useEffect(() => {
      if (key === null || kept.get(key)?.type === 'ready') return;
      let isGone = false;
      void read(key)
        .then(
          (value): Loaded<T> => ({ type: 'ready', value }),
          (error: unknown): Loaded<T> => ({
            type: 'failed',
            message: error instanceof Error ? error.message : String(error),
          }),
        )
        .then((result) => {
          kept.set(key, result);
          if (!isGone) render((count) => count + 1);
        });
      return () => {
        isGone = true;
      };
    }, [key]);
    return known;
  };
}

/** The description of an artifact; renders again when it has arrived. */
export const useArtifact = createReader(readArtifact);

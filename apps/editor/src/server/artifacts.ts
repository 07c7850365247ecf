/** Where artifacts and pictures of them are. They never change, so each is read once. */
import { addressOf, api } from '@radiograph/api';
import { server } from './client.ts';
import { createReader } from './create-reader.ts';

/** A stored file of an artifact, as the server sends it. */
export const blobUrl = (digest: string, name: string): string =>
  addressOf(api.artifacts.blob, { params: { digest, name } });

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
  return addressOf(api.artifacts.thumbnail, {
    params: { digest },
    query: {
      id,
      images: images.join(','),
      width,
      classes: classes?.join(',') ?? null,
      opacity: opacity === undefined ? undefined : Math.round(opacity * 100) / 100,
    },
  });
}

/** The description of an artifact; renders again when it has arrived. */
export const useArtifact = createReader((digest) => server.artifacts.read({ params: { digest } }));

import { basename } from 'node:path';
import type { api } from '@radiograph/api';
import type { Response } from 'express';
import { HttpError } from '../http-error.ts';
import { missingArtifact } from '../previews/artifact-cache.ts';
import { compareToTruth } from '../previews/roc.ts';
import { findImage, mapsAt, masksAt, pixelsAt } from '../previews/samples.ts';
import { summarizeArtifact } from '../previews/summarize.ts';
import { drawThumbnail } from '../previews/thumbnail.ts';
import { type Handlers, keepForEver } from '../serve-route.ts';
import type { Services } from '../services.ts';

/** Artifacts: described, drawn, and read in part. They never change, so a browser may keep what it got. */
export function artifactHandlers(services: Services): Handlers<typeof api.artifacts> {
  const { store, loadArtifact } = services;
  const open = async ({
    id,
    images,
  }: {
    readonly id: string;
    readonly images: readonly string[];
  }) => findImage(await Promise.all(images.map(loadArtifact)), id);
  return {
    read: async ({ params }) => {
      const { kind, value } = await loadArtifact(params.digest);
      return summarizeArtifact(kind, value as never); // kind and value belong together
    },
    roc: async ({ params, query }) => {
      const [artifact, truth] = [loadArtifact(params.digest), loadArtifact(query.truth)];
      return { curves: compareToTruth(await artifact, await truth) };
    },
    layers: async ({ params, query }) => {
      const [image, artifact] = await Promise.all([open(query), loadArtifact(params.digest)]);
      return {
        masks: masksAt(artifact, query.id, image) ?? null,
        maps: mapsAt(artifact, query.id) ?? null,
      };
    },
    blob: async ({ params }, { response }) => {
      const blob = (await store.locate(params.digest))?.blobs[params.name];
      if (blob === undefined) throw missingArtifact(`${params.digest}/${params.name}`);
      keepForEver(response);
      response.type(params.name.endsWith('.png') ? 'image/png' : 'application/octet-stream');
      if (typeof blob === 'string') await sendFile(response, blob);
      else response.send(Buffer.from(blob)); // small: whole, also where a part was asked for
    },
    thumbnail: async ({ params, query }, { response }) => {
      const [image, artifact] = await Promise.all([open(query), loadArtifact(params.digest)]);
      const layer = masksAt(artifact, query.id, image) ?? mapsAt(artifact, query.id);
      const png = await drawThumbnail({ image, layer, ...query });
      keepForEver(response);
      response.type('image/png').send(png);
    },
    pixels: async ({ query }, { response }) => {
      const image = await open(query);
      const { height, width, bitDepth } = image.images;
      const { buffer, byteOffset, byteLength } = pixelsAt(image);
      keepForEver(response);
      response.set({
        'x-height': `${height}`,
        'x-width': `${width}`,
        'x-bit-depth': `${bitDepth}`,
      });
      const bytes = Buffer.from(buffer, byteOffset, byteLength);
      response.type('application/octet-stream').send(bytes);
    },
  };
}

function sendFile(response: Response, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false, etag: false }, (error) => {
      // The reader went away in the middle: nothing is wrong here.
      if (error === undefined || error === null || response.headersSent) resolve();
      else {
        const problem = { path: basename(path), message: 'expected to read the file, could not' };
        reject(new HttpError(500, { code: 'data', problem }));
      }
    });
  });
}

import { basename } from 'node:path';
import type { Response } from 'express';
import { z } from 'zod';
import { missingArtifact } from '../previews/artifact-cache.ts';
import { compareToTruth } from '../previews/roc.ts';
import { findImage, mapsAt, masksAt, pixelsAt } from '../previews/samples.ts';
import { summarizeArtifact } from '../previews/summarize.ts';
import { drawThumbnail } from '../previews/thumbnail.ts';
import { defineRoute, HttpError, type Route } from '../route.ts';
import type { Services } from '../services.ts';

const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');
const ByDigest = z.strictObject({ digest: Digest });
const BlobOf = z.strictObject({ digest: Digest, name: z.string().regex(/^[a-z0-9.]+$/) });
/** `images`: artifacts that may have the pixels of image `id`, best first, separated by commas. */
const Sample = z.strictObject({
  id: z.string(),
  images: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(Digest).min(1).max(16)),
});
/** `classes`: indices to draw, separated by commas; an empty list draws none, no list all. */
const Drawing = Sample.extend({
  width: z.coerce.number().int().min(16).max(1024).default(160),
  opacity: z.coerce.number().min(0).max(1).default(0.5),
  classes: z
    .string()
    .regex(/^(\d+(,\d+)*)?$/, 'expected indices separated by commas')
    .transform((list) => new Set(list.split(',').filter(Boolean).map(Number)))
    .nullable()
    .default(null),
});
const json = z.json();

/** Artifacts: described, drawn, and read in part. They never change, so a browser may keep what it got. */
export function artifactRoutes(services: Services): readonly Route[] {
  return [...wholeRoutes(services), ...sampleRoutes(services), rocRoute(services)];
}

function rocRoute({ loadArtifact }: Services): Route {
  return defineRoute({
    method: 'get',
    path: '/api/artifacts/:digest/roc',
    summary: 'ROC curve per class of the image-level probabilities, against labels or masks.',
    params: ByDigest,
    query: z.strictObject({ truth: Digest }),
    reply: json,
    handle: async ({ params, query }, { response }) => {
      const artifacts = await Promise.all([params.digest, query.truth].map(loadArtifact));
      keepForEver(response);
      return { curves: compareToTruth(artifacts[0]!, artifacts[1]!) };
    },
  });
}

function wholeRoutes({ store, loadArtifact }: Services): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/artifacts/:digest',
      summary: 'Kind, shape, range, missing values, distribution, and ids of the samples.',
      params: ByDigest,
      reply: json,
      handle: async ({ params }, { response }) => {
        const { kind, value } = await loadArtifact(params.digest);
        keepForEver(response);
        return summarizeArtifact(kind, value as never); // kind and value belong together
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/artifacts/:digest/blobs/:name',
      summary:
        'A file of an artifact as it is stored (pixels, weights, PNG); byte ranges are served.',
      params: BlobOf,
      reply: { mediaType: 'application/octet-stream' },
      handle: async ({ params }, { response }) => {
        const blob = (await store.locate(params.digest))?.blobs[params.name];
        if (blob === undefined) throw missingArtifact(`${params.digest}/${params.name}`);
        keepForEver(response);
        response.type(params.name.endsWith('.png') ? 'image/png' : 'application/octet-stream');
        if (typeof blob === 'string') await sendFile(response, blob);
        else response.send(Buffer.from(blob)); // small: whole, also where a part was asked for
      },
    }),
  ];
}

function sampleRoutes({ loadArtifact }: Services): readonly Route[] {
  const open = async ({ id, images }: z.infer<typeof Sample>) =>
    findImage(await Promise.all(images.map(loadArtifact)), id);
  return [
    defineRoute({
      method: 'get',
      path: '/api/artifacts/:digest/thumbnail',
      summary:
        'A small PNG of one image, with the masks or the strongest map of this artifact over it.',
      params: ByDigest,
      query: Drawing,
      reply: { mediaType: 'image/png' },
      handle: async ({ params, query }, { response }) => {
        const [image, artifact] = await Promise.all([open(query), loadArtifact(params.digest)]);
        const layer = masksAt(artifact, query.id, image) ?? mapsAt(artifact, query.id);
        const png = await drawThumbnail({ image, layer, ...query });
        keepForEver(response);
        response.type('image/png').send(png);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/pixels',
      summary:
        'The raw pixels of one image, row by row, 8 or 16 bit little-endian; size in the headers X-Height, X-Width, X-Bit-Depth.',
      query: Sample,
      reply: { mediaType: 'application/octet-stream' },
      handle: async ({ query }, { response }) => {
        const image = await open(query);
        const { height, width, bitDepth } = image.images;
        const pixels = pixelsAt(image);
        keepForEver(response);
        response.set({
          'x-height': `${height}`,
          'x-width': `${width}`,
          'x-bit-depth': `${bitDepth}`,
        });
        response
          .type('application/octet-stream')
          .send(Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/artifacts/:digest/layers',
      summary: 'Masks (COCO run lengths) and maps of one image, in the pixels of that image.',
      params: ByDigest,
      query: Sample,
      reply: json,
      handle: async ({ params, query }, { response }) => {
        const [image, artifact] = await Promise.all([open(query), loadArtifact(params.digest)]);
        keepForEver(response);
        return {
          masks: masksAt(artifact, query.id, image) ?? null,
          maps: mapsAt(artifact, query.id) ?? null,
        };
      },
    }),
  ];
}

function keepForEver(response: Response): void {
  response.set('cache-control', 'private, max-age=31536000, immutable');
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

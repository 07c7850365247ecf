/** One image of a run: its pixels, and the masks and maps that lie over it. */
import { decodeRle } from '@radiograph/kinds';
import { z } from 'zod';
import { ApiError, call } from '../api/client.ts';
import { createReader } from '../results/artifact-api.ts';
import type { GrayImage } from './paint.ts';

/** Where an image is: its id, and the artifacts that may have its pixels. */
export type Place = { readonly id: string; readonly images: readonly string[] };

const queryOf = ({ id, images }: Place) => new URLSearchParams({ id, images: images.join(',') });

async function readPixels(query: string): Promise<GrayImage> {
  const response = await fetch(`/api/pixels?${query}`);
  if (!response.ok) throw new ApiError(response.status, 'The image could not be read.', null);
  const bytes = await response.arrayBuffer();
  const read = (name: string) => Number(response.headers.get(name));
  const is16 = read('x-bit-depth') === 16;
  return {
    height: read('x-height'),
    width: read('x-width'),
    bitDepth: is16 ? 16 : 8,
    pixels: is16 ? new Uint16Array(bytes) : new Uint8Array(bytes),
  };
}

const size = { height: z.number(), width: z.number() };
const LayersReply = z.object({
  masks: z
    .object({
      ...size,
      masks: z.array(z.object({ name: z.string(), counts: z.string().nullable() })),
    })
    .nullable(),
  maps: z
    .object({
      ...size,
      maps: z.array(
        z.object({ name: z.string(), probability: z.number(), values: z.array(z.number()) }),
      ),
    })
    .nullable(),
});

/** What lies over an image, by class; `masks` have one byte per pixel, 1 inside. Null: not annotated. */
export type Overlay = {
  readonly masks: ReadonlyMap<string, Uint8Array | null>;
  readonly maps: ReadonlyMap<
    string,
    {
      readonly height: number;
      readonly width: number;
      readonly probability: number;
      readonly values: readonly number[];
    }
  >;
};

const overlays = new Map<string, Promise<Overlay>>();

/** Reads what an artifact lays over an image, once. Failures are not kept. */
function readOverlay(digest: string, query: string): Promise<Overlay> {
  const key = `${digest} ${query}`;
  const reading = overlays.get(key) ?? fetchOverlay(digest, query);
  overlays.set(key, reading);
  reading.catch(() => overlays.delete(key));
  return reading;
}

async function fetchOverlay(digest: string, query: string): Promise<Overlay> {
  const { masks, maps } = await call(`/api/artifacts/${digest}/layers?${query}`, LayersReply);
  return {
    masks: new Map(
      masks?.masks.map(({ name, counts }) => [
        name,
        counts === null ? null : decodeRle(counts, masks.height, masks.width),
      ]),
    ),
    maps: new Map(
      maps?.maps.map(({ name, probability, values }) => [
        name,
        { height: maps.height, width: maps.width, probability, values },
      ]),
    ),
  };
}

const usePixelsAt = createReader(readPixels);
const useOverlaysAt = createReader((key: string) => {
  const [query = '', ...digests] = key.split(' ');
  return Promise.all(digests.map((digest) => readOverlay(digest, query)));
});

/** The pixels of an image; null reads nothing. */
export const usePixels = (place: Place | null) =>
  usePixelsAt(place === null ? null : String(queryOf(place)));

/** What these artifacts lay over an image, in their order. */
export const useOverlays = (digests: readonly string[], place: Place | null) =>
  useOverlaysAt(place === null ? null : [queryOf(place), ...digests].join(' '));

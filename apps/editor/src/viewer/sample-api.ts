/** One image of a run: its pixels, and the masks and maps that lie over it. */
import { ApiError, addressOf, api } from '@radiograph/api';
import { decodeRle } from '@radiograph/kinds';
import { server } from '../server/client.ts';
import { createReader } from '../server/create-reader.ts';
import type { GrayImage } from './paint.ts';

/** Where an image is: its id, and the artifacts that may have its pixels. */
export type Place = { readonly id: string; readonly images: readonly string[] };

/** The query of the sample routes; also the key under which an image's pixels are kept. */
const keyOf = ({ id, images }: Place): string => JSON.stringify({ id, images: images.join(',') });
const queryOf = (key: string): { readonly id: string; readonly images: string } => JSON.parse(key); // made by keyOf

async function readPixels(key: string): Promise<GrayImage> {
  const response = await fetch(addressOf(api.artifacts.pixels, { query: queryOf(key) }));
  if (!response.ok) throw new ApiError(response.status, 'The image could not be read.');
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
function readOverlay(digest: string, place: string): Promise<Overlay> {
  const key = `${digest} ${place}`;
  const reading = overlays.get(key) ?? fetchOverlay(digest, place);
  overlays.set(key, reading);
  reading.catch(() => overlays.delete(key));
  return reading;
}

async function fetchOverlay(digest: string, place: string): Promise<Overlay> {
  const { masks, maps } = await server.artifacts.layers({
    params: { digest },
    query: queryOf(place),
  });
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
  const [digests = '', place = ''] = key.split('\n');
  return Promise.all(
    digests
      .split(' ')
      .filter(Boolean)
      .map((digest) => readOverlay(digest, place)),
  );
});

/** The pixels of an image; null reads nothing. */
export const usePixels = (place: Place | null) => usePixelsAt(place === null ? null : keyOf(place));

/** What these artifacts lay over an image, in their order. */
export const useOverlays = (digests: readonly string[], place: Place | null) =>
  useOverlaysAt(place === null ? null : `${digests.join(' ')}\n${keyOf(place)}`);

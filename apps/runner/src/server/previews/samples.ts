/** One image of an artifact: its pixels, and what lies over them, all in the pixels of that image. */
import type { MapLayer, MaskLayer } from '@radiograph/api';
import type { PortKind, PortValues } from '@radiograph/graph';
import {
  encodeRle,
  frameOf,
  type Images,
  type Masks,
  maskInFrame,
  resizeBilinear,
  type StoredMask,
} from '@radiograph/kinds';
import { HttpError } from '../http-error.ts';
import type { Loaded } from './artifact-cache.ts';

/** Where an image's pixels come from: the first of these artifacts that has it. */
export function findImage(
  sources: readonly Loaded[],
  id: string,
): { readonly images: Images; readonly index: number } {
  for (const source of sources) {
    for (const images of imagesOf(source)) {
      const index = images.ids.indexOf(id);
      if (index >= 0) return { images, index };
    }
  }
  const message = 'expected the id of an image of these artifacts, got none of it';
  throw new HttpError(404, { code: 'missing', problem: { path: id, message } });
}

function imagesOf({ kind, value }: Loaded): readonly Images[] {
  // `kind` says which of the union the value is; the store keeps them together.
  if (kind === 'images') return [value as Images];
  if (kind !== 'supervision') return [];
  const { strong, weak } = value as PortValues['supervision'];
  return [strong, weak].flatMap((set) => (set === null ? [] : [set.images]));
}

/** The raw pixels of one image, row by row. */
export function pixelsAt({
  images,
  index,
}: ReturnType<typeof findImage>): Uint8Array | Uint16Array {
  const size = images.height * images.width;
  const start = images.rows[index]! * size;
  return images.pixels.subarray(start, start + size);
}

/** The masks of one image in the pixels of `target`; null where the class was not annotated. Undefined: this kind has none. */
export function masksAt(
  { kind, value }: Loaded,
  id: string,
  target: ReturnType<typeof findImage>,
): MaskLayer | undefined {
  const { height, width } = target.images;
  const frame = frameOf(target.images, target.index);
  const reader = maskReaders[kind] as MaskReader<never> | null; // the table pairs kinds with their values
  const found = reader?.(value as never, id);
  if (found === undefined || found === null) return undefined;
  const masks = found.map(({ name, mask }) => ({
    name,
    counts: mask === null ? null : encodeRle(maskInFrame(mask, frame), height, width),
  }));
  return { type: 'masks', height, width, masks };
}

type NamedMask = { readonly name: string; readonly mask: StoredMask | null };
type MaskReader<V> = (value: V, id: string) => readonly NamedMask[] | undefined;

const readMasks: MaskReader<Masks> = ({ ids, classes, sizes, frames, counts }, id) => {
  const index = ids.indexOf(id);
  if (index < 0) return undefined;
  return classes.map((name, k) => {
    const rle = counts[index]![k]!;
    return {
      name,
      mask: rle === null ? null : { counts: rle, size: sizes[index]!, frame: frames[index]! },
    };
  });
};

const maskReaders: { readonly [K in PortKind]: MaskReader<PortValues[K]> | null } = {
  images: null,
  labels: null,
  masks: readMasks,
  saliency: null,
  model: null,
  supervision: ({ strong, weak }, id) =>
    [strong, weak]
      .flatMap((set) => (set === null ? [] : [readMasks(set.masks, id)]))
      .find((found) => found !== undefined),
  predictions: ({ ids, classes, size, frames, thresholds, probabilities }, id) => {
    const index = ids.indexOf(id);
    if (index < 0) return undefined;
    const [height, width] = size;
    const area = height * width;
    return classes.map((name, k) => {
      const start = (index * classes.length + k) * area;
      const plane = probabilities.subarray(start, start + area);
      const mask = new Uint8Array(area);
      for (let i = 0; i < area; i++) mask[i] = plane[i]! > thresholds[k]! ? 1 : 0;
      return {
        name,
        mask: { counts: encodeRle(mask, height, width), size, frame: frames[index]! },
      };
    });
  },
  scores: null,
  table: null,
  figure: null,
  file: null,
};

/** The maps of one image on their own grid, scaled to 0..1 by the largest of its class; undefined: this kind has none. */
export function mapsAt({ kind, value }: Loaded, id: string): MapLayer | undefined {
  if (kind === 'saliency') return saliencyAt(value as PortValues['saliency'], id);
  if (kind === 'predictions') return probabilitiesAt(value as PortValues['predictions'], id);
  return undefined;
}

function saliencyAt(saliency: PortValues['saliency'], id: string): MapLayer | undefined {
  const { ids, classes, grid, values, probabilities } = saliency;
  const index = ids.indexOf(id);
  if (index < 0) return undefined;
  const [height, width] = grid;
  const area = height * width;
  const maps = classes.map((name, k) => {
    const row = index * classes.length + k;
    const map = values.subarray(row * area, (row + 1) * area);
    const largest = Math.max(...map, 0);
    const scale = largest > 0 ? 1 / largest : 0;
    return {
      name,
      probability: probabilities[row]!,
      values: Array.from(map, (v) => round(Math.max(0, v) * scale)),
    };
  });
  return { type: 'maps', height, width, maps };
}

const mapSide = 80; // a probability map is for looking at; the masks are exact

function probabilitiesAt(predictions: PortValues['predictions'], id: string): MapLayer | undefined {
  const { ids, classes, size, probabilities } = predictions;
  const index = ids.indexOf(id);
  if (index < 0) return undefined;
  const [height, width] = [Math.min(mapSide, size[0]), Math.min(mapSide, size[1])];
  const area = size[0] * size[1];
  const maps = classes.map((name, k) => {
    const start = (index * classes.length + k) * area;
    const plane = { size, data: probabilities.subarray(start, start + area) };
    const data = resizeBilinear(plane, [height, width]);
    return { name, probability: Math.max(...data), values: Array.from(data, round) };
  });
  return { type: 'maps', height, width, maps };
}

const round = (value: number) => Math.round(value * 1000) / 1000;

/** Choosing images by id, and joining what is keyed by id. */
import { dataError } from '@radiograph/graph';
import type { Images } from './images/images.ts';
import type { Labels } from './labels/labels.ts';
import type { Masks } from './masks/masks.ts';

/** Keeps the images whose index passes; pixels are shared, not copied. */
export function selectImages(images: Images, keep: (index: number) => boolean): Images {
  const kept = images.ids.map((_, i) => i).filter(keep);
  const pick = <T>(list: readonly T[]): T[] => kept.map((i) => list[i]!);
  return {
    ...images,
    ids: pick(images.ids),
    patientIds: pick(images.patientIds),
    originalSizes: pick(images.originalSizes),
    frames: pick(images.frames),
    rows: pick(images.rows),
  };
}

/** The pixels of image `index` as a view, `[H * W]`. */
export function pixelsOf(images: Images, index: number): Uint8Array | Uint16Array {
  const size = images.height * images.width;
  const start = images.rows[index]! * size;
  return images.pixels.subarray(start, start + size);
}

/** The brightest storable pixel: 255 or 65535. */
export function maximumPixel(images: Images): number {
  return images.bitDepth === 8 ? 255 : 65535;
}

/** The labels of these ids, in this order. @throws a data error naming every id without labels. */
export function labelsFor(labels: Labels, ids: readonly string[]): Labels {
  const index = indexIds('labels', labels.ids, ids);
  return { ...labels, ids, values: ids.map((id) => labels.values[index.get(id)!]!) };
}

/** The masks of these ids, in this order. @throws a data error naming every id without a mask. */
export function masksFor(masks: Masks, ids: readonly string[]): Masks {
  const index = indexIds('masks', masks.ids, ids);
  const pick = <T>(list: readonly T[]): T[] => ids.map((id) => list[index.get(id)!]!);
  return {
    ...masks,
    ids,
    sizes: pick(masks.sizes),
    frames: pick(masks.frames),
    counts: pick(masks.counts),
  };
}

function indexIds(
  what: string,
  have: readonly string[],
  want: readonly string[],
): Map<string, number> {
  const index = new Map(have.map((id, i) => [id, i]));
  const missing = want.filter((id) => !index.has(id));
  if (missing.length > 0) {
    const some = missing.slice(0, 5).join(', ');
    throw dataError(
      what,
      `expected an entry for each of ${want.length} images, got none for ${missing.length}: ${some}`,
    );
  }
  return index;
}

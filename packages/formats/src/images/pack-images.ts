/** Image files -> `Images`: each is decoded, letterboxed into the frame at once, and let go. */
import { existsSync } from 'node:fs';
import { dataError, type NodeContext, type Problem, RadiographError } from '@radiograph/graph';
import {
  fitLetterbox,
  type Images,
  letterboxTransform,
  type Size,
  type Table,
} from '@radiograph/kinds';
import { z } from 'zod';
import { type Decoding, decodings, type ImageFile } from './decode-block.ts';
import { type DecodedImage, decodeImages } from './decode-images.ts';
import { placeImage } from './place-image.ts';
import type { GreyImage } from './read-image.ts';

/** An image that is to be loaded. */
export type ImageItem = ImageFile & {
  readonly id: string;
  readonly patientId: string;
  /** Of files that are no PNG or JPEG: decodes this one. Without it threads do. */
  readonly read?: () => Promise<GreyImage>;
};

/** Parameters of a node that loads images. */
export const loadParams = {
  decoding: z
    .enum(decodings)
    .default('exact')
    .describe(
      'exact = every pixel is decoded and resized as OpenCV does; fast = large JPEGs at a smaller scale, a few grey values off',
    ),
  onDamage: z
    .enum(['fail', 'skip'])
    .default('fail')
    .describe('files that cannot be read: fail and list them, or leave them out'),
} as const;

export type PackOptions = {
  /** Side of the square frame. */
  readonly size: number;
  readonly bitDepth: 8 | 16;
  readonly decoding?: Decoding;
  readonly onDamage?: 'fail' | 'skip';
};

/** Images, and what was left out of them. */
export type PackedImages = {
  readonly images: Images;
  /** Of each image its number among the items. */
  readonly kept: readonly number[];
  /** Image, file and why. */
  readonly leftOut: Table;
};

const mostBytes = 2 ** 31 - 1; // one file of the store

/**
 * Loads images into one square frame, in their order, by the threads of the context.
 *
 * @throws a data error with every file that cannot be read or whose shape is not that of its original, all at once; with `onDamage: 'skip'` only if
 * no file is left.
 */
export async function packImages(
  items: readonly ImageItem[],
  options: PackOptions,
  context: Pick<NodeContext, 'progress' | 'threads' | 'note'>,
): Promise<PackedImages> {
  const { onDamage = 'fail', size, bitDepth } = options;
  if (onDamage === 'fail') assertPresent(items);
  const { pixels, originals, problems } = await decodeAll(items, options, context);
  const kept = items.flatMap((_, i) => (problems.has(i) ? [] : [i]));
  if (problems.size > 0 && (onDamage === 'fail' || kept.length === 0))
    throw new RadiographError('data', [...problems.values()].flat());
  if (onDamage === 'skip') context.note({ 'images left out': problems.size });
  const originalSizes = kept.map((i) => originals[i]!);
  return {
    images: {
      ids: kept.map((i) => items[i]!.id),
      patientIds: kept.map((i) => items[i]!.patientId),
      originalSizes,
      frames: originalSizes.map((original) =>
        letterboxTransform(original, fitLetterbox(original, [size, size])),
      ),
      height: size,
      width: size,
      bitDepth,
      rows: kept,
      pixels,
    },
    kept,
    leftOut: {
      title: 'Images left out',
      columns: ['image', 'file', 'why'],
      rows: [...problems].flatMap(([i, list]) =>
        list.map(({ message }) => [items[i]!.id, items[i]!.path, message]),
      ),
    },
  };
}

/** A quick look before hours of decoding: in a wrong folder every file is missing. */
function assertPresent(items: readonly ImageItem[]): void {
  const missing = items.filter(({ path }) => !existsSync(path));
  if (missing.length === 0) return;
  const all = `expected ${items.length} image files, got none for ${missing.length} of them`;
  const message = 'expected a whole PNG or JPEG image, got: no such file';
  throw new RadiographError('data', [
    ...(missing.length > 1 ? [{ path: '', message: all }] : []),
    ...missing.map(({ path }) => ({ path, message })),
  ]);
}

type Decoded = {
  readonly pixels: Uint8Array | Uint16Array;
  readonly originals: readonly Size[];
  /** By item. */
  readonly problems: ReadonlyMap<number, readonly Problem[]>;
};

async function decodeAll(
  items: readonly ImageItem[],
  { size, bitDepth, decoding = 'exact' }: PackOptions,
  { progress, threads }: Pick<NodeContext, 'progress' | 'threads'>,
): Promise<Decoded> {
  const area = size * size;
  assertFits(items.length, { size, bytes: area * (bitDepth / 8) });
  const pixels =
    bitDepth === 8 ? new Uint8Array(items.length * area) : new Uint16Array(items.length * area);
  const originals: Size[] = [];
  const problems = new Map<number, readonly Problem[]>();
  const frame = { size, bitDepth, decoding };
  const decoded = items.some(({ read }) => read !== undefined)
    ? readAll(items, frame)
    : decodeImages(items, frame, threads);
  let done = 0;
  const report = () => progress({ done, total: items.length, unit: 'image' });
  report();
  for await (const image of decoded) {
    if ('problems' in image) problems.set(done, image.problems);
    else pixels.set(image.pixels, done * area);
    originals.push('problems' in image ? [1, 1] : image.originalSize);
    done++;
    report();
  }
  return { pixels, originals, problems };
}

function assertFits(count: number, { size, bytes }: { size: number; bytes: number }): void {
  const most = Math.floor(mostBytes / bytes);
  if (count <= most) return;
  throw dataError(
    'images',
    `expected at most ${most} images of ${size}x${size} (2 GiB), got ${count}: set limit or a smaller size`,
  );
}

const inFlight = 4; // some readers work on threads of their own

/** Files whose items know how to read them, in order; a few are begun before they are asked for. */
async function* readAll(
  items: readonly ImageItem[],
  { size, bitDepth }: Pick<PackOptions, 'size' | 'bitDepth'>,
): AsyncGenerator<DecodedImage> {
  const begun: Promise<DecodedImage>[] = [];
  const begin = (item: ImageItem): Promise<DecodedImage> =>
    placeImage(item.read!, item, { size, bitDepth }).catch((error: unknown) => {
      if (error instanceof RadiographError) return { problems: error.problems };
      throw error;
    });
  for (const item of items) {
    begun.push(begin(item));
    if (begun.length >= inFlight) yield await begun.shift()!;
  }
  for (const last of begun) yield await last;
}

/** A decoded image -> its place in a frame. */
import { dataError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';
import { letterboxImage } from './letterbox-image.ts';
import type { GreyImage } from './read-image.ts';

/** An image that may be a smaller copy of its file, which then says its own size. */
export type FoundImage = GreyImage & { readonly originalSize?: Size };

/** An image in its frame. */
export type PlacedImage = {
  readonly pixels: Uint8Array | Uint16Array;
  readonly originalSize: Size;
};

type File = { readonly path: string; readonly originalSize?: Size };
type Frame = { readonly size: number; readonly bitDepth: 8 | 16 };

/** Reads an image and letterboxes it. @throws a data error at the file if its shape is not that of the original it should be a copy of. */
export async function placeImage(
  read: () => Promise<FoundImage>,
  { path, originalSize }: File,
  { size, bitDepth }: Frame,
): Promise<PlacedImage> {
  const image = await read();
  const original = originalSize ?? image.originalSize ?? image.size;
  if (!isCopyOf(image.size, original))
    throw dataError(
      path,
      `expected ${original.join('x')} pixels (height x width), or a smaller copy of that shape, got ${image.size.join('x')}`,
    );
  return {
    pixels: letterboxImage(image, [size, size], bitDepth, original),
    originalSize: original,
  };
}

/** The same size, or scaled evenly: both sides agree to within a pixel of the smaller image. */
function isCopyOf([height, width]: Size, [fullHeight, fullWidth]: Size): boolean {
  const scale = Math.max(height / fullHeight, width / fullWidth);
  return Math.abs(height - fullHeight * scale) <= 1 && Math.abs(width - fullWidth * scale) <= 1;
}

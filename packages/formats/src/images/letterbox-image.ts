import { fitLetterbox, resizeBilinear, resizeBytes, type Size } from '@radiograph/kinds';
import type { GreyImage } from './read-image.ts';

/**
 * Fits an image into a frame: bilinear, aspect ratio kept, black padding (method.md b.8). 8-bit frames take the high byte of 16.
 *
 * `original` is the size that decides the place inside the frame; a smaller copy of a radiograph so lands on the same pixels.
 */
export function letterboxImage(
  image: GreyImage,
  frame: Size,
  bitDepth: 8 | 16,
  original: Size = image.size,
): Uint8Array | Uint16Array {
  const box = fitLetterbox(original, frame);
  const plane = { data: image.pixels, size: image.size };
  const resize = image.bitDepth === 8 ? resizeBytes : resizeBilinear;
  const inner = resize(plane, [box.height, box.width]);
  const scale = image.bitDepth === bitDepth ? 1 : image.bitDepth === 16 ? 255 / 65535 : 65535 / 255;
  const packed =
    bitDepth === 8 ? new Uint8Array(frame[0] * frame[1]) : new Uint16Array(frame[0] * frame[1]);
  for (let y = 0; y < box.height; y++) {
    if (scale === 1 && image.bitDepth === 8) {
      const row = (inner as Uint8Array).subarray(y * box.width, (y + 1) * box.width);
      packed.set(row, (y + box.top) * frame[1] + box.left);
      continue;
    }
    for (let x = 0; x < box.width; x++) {
      packed[(y + box.top) * frame[1] + x + box.left] = Math.round(
        inner[y * box.width + x]! * scale,
      );
    }
  }
  return packed;
}

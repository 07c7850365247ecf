import type { PreviewSample } from '@radiograph/graph';
import { type Images, maximumPixel, pixelsOf } from '@radiograph/kinds';

const side = 96;

/**
 * A small picture of image `index` with, at each pixel, the class of the largest probability above one half.
 * `probabilities` `[K, H * W]` are only read. Pixels are picked, not averaged: a preview has no other use than to be looked at.
 */
export function previewSample(
  images: Images,
  index: number,
  probabilities: Float32Array,
): PreviewSample {
  const step = Math.max(1, Math.ceil(Math.max(images.width, images.height) / side));
  const [width, height] = [Math.floor(images.width / step), Math.floor(images.height / step)];
  const source = pixelsOf(images, index);
  const brightest = maximumPixel(images);
  const area = images.width * images.height;
  const pixels = new Uint8Array(width * height);
  const classes = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at++) {
    const from = Math.floor(at / width) * step * images.width + (at % width) * step;
    pixels[at] = Math.round((255 * source[from]!) / brightest);
    let largest = 0.5;
    for (let k = 0; k * area < probabilities.length; k++) {
      const value = probabilities[k * area + from]!;
      if (value <= largest) continue;
      largest = value;
      classes[at] = k + 1;
    }
  }
  return { id: images.ids[index]!, width, height, pixels, classes };
}

/** The center crop on which the released CheXseg computed its maps (method.md a.2 step 1, a.7.1). */
import {
  type FrameTransform,
  fitLetterbox,
  type Images,
  pixelsOf,
  resizeBilinear,
  resizeBytes,
  type Size,
} from '@radiograph/kinds';

/**
 * Cuts the middle square out of letterboxed radiographs and enlarges it to their frame; the frames lead to where the square lay.
 *
 * The shorter side of the radiograph fills the frame, as after torchvision's Resize and CenterCrop; what it loses of the longer side
 * is beyond the frame. Pixels come from the letterboxed copy, so they are a little softer than a crop of the original.
 */
export function centerCrop(images: Images): Images {
  const size = [images.height, images.width] as const;
  const pixels = images.pixels.slice(0, images.ids.length * size[0] * size[1]);
  const frames = images.ids.map((_, i) => {
    const crop = squareOf(images.originalSizes[i]!, size);
    pixels.set(cutOut(images, i, crop), i * size[0] * size[1]);
    return cropFrame(images.frames[i]!, crop, size);
  });
  return { ...images, frames, rows: images.ids.map((_, i) => i), pixels };
}

/** The same pixels, said to cover the whole radiograph: the fault of the released code, which stretches maps of the crop over all of it. */
export function stretchFrames(images: Images): Images {
  const frames = images.originalSizes.map(([height, width]) => ({
    scaleX: width / images.width,
    scaleY: height / images.height,
    offsetX: 0,
    offsetY: 0,
  }));
  return { ...images, frames };
}

type Square = { readonly top: number; readonly left: number; readonly side: number };

/** In pixels of the letterboxed frame. */
function squareOf(original: Size, size: Size): Square {
  const { top, left, height, width } = fitLetterbox(original, size);
  const side = Math.min(height, width);
  return {
    side,
    top: top + Math.round((height - side) / 2),
    left: left + Math.round((width - side) / 2),
  };
}

function cutOut(images: Images, index: number, { top, left, side }: Square) {
  const pixels = pixelsOf(images, index);
  const data = Array.from({ length: side * side }, (_, i) => {
    const [y, x] = [Math.floor(i / side), i % side];
    return pixels[(top + y) * images.width + left + x]!;
  });
  const resize = images.bitDepth === 8 ? resizeBytes : resizeBilinear;
  return resize({ data, size: [side, side] }, [images.height, images.width]);
}

function cropFrame(
  { scaleX, scaleY, offsetX, offsetY }: FrameTransform,
  { top, left, side }: Square,
  [height, width]: Size,
): FrameTransform {
  return {
    scaleX: (scaleX * side) / width,
    scaleY: (scaleY * side) / height,
    offsetX: offsetX + scaleX * left,
    offsetY: offsetY + scaleY * top,
  };
}

/** Predictions and masks of any frame -> masks in the pixels of the original radiographs. */
import {
  encodeRle,
  type FrameTransform,
  type Images,
  identityFrame,
  type Masks,
  maskInFrame,
  masksFor,
  type Predictions,
  type Size,
} from '@radiograph/kinds';

/** The masks of these images at their original sizes; masks in other frames are sampled at the pixel centers. null stays null. */
export function masksAtOriginal(masks: Masks, { ids, originalSizes }: Images): Masks {
  const known = masksFor(masks, ids);
  const counts = known.counts.map((row, i) => {
    const size = originalSizes[i]!;
    const target = { size, frame: identityFrame, originalSize: size };
    return row.map((rle) => {
      if (rle === null) return null;
      const stored = { counts: rle, size: known.sizes[i]!, frame: known.frames[i]! };
      return encodeRle(maskInFrame(stored, target), ...size);
    });
  });
  return { ...known, sizes: originalSizes, frames: ids.map(() => identityFrame), counts };
}

/**
 * Thresholds probabilities at the original size: each map is brought there bilinearly first, so that outlines are smooth, then a
 * pixel is foreground strictly above its class's threshold (method.md a.5). Pixels at the border take the nearest value that shows the radiograph.
 */
export function predictionsAtOriginal(
  { ids, classes, size, frames, thresholds, probabilities }: Predictions,
  originalSizes: ReadonlyMap<string, Size>,
): Masks {
  const area = size[0] * size[1];
  const sizes = ids.map((id) => originalSizes.get(id)!);
  const counts = ids.map((_, i) =>
    classes.map((__, k) => {
      const at = (i * classes.length + k) * area;
      const map = { data: probabilities.subarray(at, at + area), size, frame: frames[i]! };
      return encodeRle(thresholdAt(map, sizes[i]!, thresholds[k]!), ...sizes[i]!);
    }),
  );
  return {
    ids,
    classes,
    source: 'prediction',
    sizes,
    frames: ids.map(() => identityFrame),
    counts,
  };
}

type FramedMap = {
  readonly data: Float32Array;
  readonly size: Size;
  readonly frame: FrameTransform;
};

function thresholdAt(
  { data, size, frame }: FramedMap,
  [height, width]: Size,
  threshold: number,
): Uint8Array {
  const rows = samples(height, size[0], { scale: frame.scaleY, offset: frame.offsetY });
  const columns = samples(width, size[1], { scale: frame.scaleX, offset: frame.offsetX });
  const mask = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    const { low, high, weight } = rows[y]!;
    const [top, bottom] = [low * size[1], high * size[1]];
    for (let x = 0; x < width; x++) {
      const column = columns[x]!;
      const upper =
        data[top + column.low]! * (1 - column.weight) + data[top + column.high]! * column.weight;
      const lower =
        data[bottom + column.low]! * (1 - column.weight) +
        data[bottom + column.high]! * column.weight;
      if (upper * (1 - weight) + lower * weight > threshold) mask[y * width + x] = 1;
    }
  }
  return mask;
}

type Sample = { readonly low: number; readonly high: number; readonly weight: number };

/**
 * Where each original pixel's center lies between the centers of map pixels. Only map pixels that show the radiograph are read: the
 * letterbox's padding would bleed into its border.
 */
function samples(count: number, length: number, axis: { scale: number; offset: number }): Sample[] {
  const first = Math.min(length - 1, Math.max(0, Math.round(-axis.offset / axis.scale)));
  const last = Math.max(
    first,
    Math.min(length, Math.round((count - axis.offset) / axis.scale)) - 1,
  );
  return Array.from({ length: count }, (_, i) => {
    const position = Math.min(last, Math.max(first, (i + 0.5 - axis.offset) / axis.scale - 0.5));
    const low = Math.floor(position);
    return { low, high: Math.min(last, low + 1), weight: position - low };
  });
}

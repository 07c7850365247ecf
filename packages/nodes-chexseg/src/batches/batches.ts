/** From packed pixels to network inputs, and the order in which training sees them. */
import { dataError } from '@radiograph/graph';
import { type Images, maximumPixel, type Normalization, pixelsOf } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';

/** How pixels become inputs: `(pixel / maximum - mean) / std`, grey repeated over `channels`. */
export type InputOptions = Normalization & { readonly channels: number };

/** Normalizes the images at these indices: `[B, channels, H, W]`. Padding is black BEFORE normalization, as in CheXseg. */
export function packInputs(
  images: Images,
  indices: readonly number[],
  options: InputOptions,
): Float32Array {
  const size = images.height * images.width;
  const packed = new Float32Array(indices.length * options.channels * size);
  for (const [slot, index] of indices.entries()) {
    const pixels = pixelsOf(images, index);
    writeInput(packed, { pixels, maximum: maximumPixel(images), slot }, options);
  }
  return packed;
}

/** Pixels of 0..maximum, and where in the batch they go. */
type Slot = {
  readonly pixels: ArrayLike<number>;
  readonly maximum: number;
  readonly slot: number;
};

/** Normalizes one image into slot `slot` of a batch. */
export function writeInput(
  packed: Float32Array,
  { pixels, maximum, slot }: Slot,
  { channels, mean, std }: InputOptions,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const scale = 1 / (maximum * of(std, channel));
    const offset = -of(mean, channel) / of(std, channel);
    const start = (slot * channels + channel) * pixels.length;
    for (let i = 0; i < pixels.length; i++) packed[start + i] = pixels[i]! * scale + offset;
  }
}

/** A single number stands for every channel. */
const of = (values: number | readonly number[], channel: number): number =>
  typeof values === 'number' ? values : values[channel]!;

/** Batches of shuffled indices, one order per epoch; a last batch of fewer than two is left out (batch normalization needs two). */
export function shuffledBatches(
  count: number,
  batchSize: number,
  { seed, epoch }: { seed: number; epoch: number },
): number[][] {
  const order = createRandom(seed, 'order', epoch).shuffle(
    Array.from({ length: count }, (_, i) => i),
  );
  const batches: number[][] = [];
  for (let start = 0; start < count; start += batchSize)
    batches.push(order.slice(start, start + batchSize));
  return batches.filter((batch, i) => i === 0 || batch.length >= 2);
}

/** Batches in order; the last one may be short. */
export function orderedBatches(count: number, batchSize: number): number[][] {
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, i) =>
    Array.from({ length: Math.min(batchSize, count - i * batchSize) }, (_, j) => i * batchSize + j),
  );
}

/** Fills a short batch by repeating its last index, so that one compiled program serves all; callers drop the surplus. */
export function padBatch(batch: readonly number[], batchSize: number): number[] {
  return Array.from({ length: batchSize }, (_, i) => batch[Math.min(i, batch.length - 1)]!);
}

/** Checks that a network can take this frame. @throws a data error naming the side. */
export function assertSides(
  { height, width }: Pick<Images, 'height' | 'width'>,
  multiple: number,
  network: string,
): void {
  if (height % multiple === 0 && width % multiple === 0) return;
  throw dataError(
    'images',
    `expected sides that are multiples of ${multiple} for ${network}, got ${height}x${width}`,
  );
}

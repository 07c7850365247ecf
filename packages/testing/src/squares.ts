import { encodeRle, type Images, identityFrame, type Labels, type Masks } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';

/** Images that a tiny network can learn within seconds, with everything known about them. */
export type PaintedSet = {
  readonly images: Images;
  readonly labels: Labels;
  readonly masks: Masks;
};

/**
 * Paints noisy images in which every second one shows a bright square of class "square" at a random place.
 *
 * `size` x `size` pixels, 8 bit; the square's side is size / 4; masks are empty where there is none.
 */
export function paintSquares(count: number, size: number, seed = 1): PaintedSet {
  const random = createRandom(seed, 'squares');
  const ids = Array.from({ length: count }, (_, i) => `image${i}`);
  const pixels = new Uint8Array(count * size * size);
  const side = Math.floor(size / 4);
  const counts = ids.map((_, n) => {
    const mask = new Uint8Array(size * size);
    const [top, left] = [random.integer(size - side), random.integer(size - side)];
    for (let i = 0; i < mask.length; i++) {
      const [row, column] = [Math.floor(i / size), i % size];
      const inSquare = row >= top && row < top + side && column >= left && column < left + side;
      if (n % 2 === 0 && inSquare) mask[i] = 1;
      pixels[n * mask.length + i] = (mask[i] === 1 ? 180 : 60) + random.integer(40);
    }
    return [encodeRle(mask, size, size)];
  });
  const frames = ids.map(() => identityFrame);
  const originalSizes = ids.map(() => [size, size] as const);
  const rows = ids.map((_, i) => i);
  return {
    images: {
      ids,
      patientIds: ids,
      originalSizes,
      frames,
      height: size,
      width: size,
      bitDepth: 8,
      rows,
      pixels,
    },
    labels: { ids, classes: ['square'], values: ids.map((_, n) => [n % 2 === 0 ? 1 : 0]) },
    masks: { ids, classes: ['square'], source: 'expert', sizes: originalSizes, frames, counts },
  };
}

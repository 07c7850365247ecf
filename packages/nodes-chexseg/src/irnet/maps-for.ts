import { dataError } from '@radiograph/graph';
import { type Images, type Saliency, sameFrame } from '@radiograph/kinds';

/** The maps of these images, in their order. @throws a data error for another frame or place, or an image without maps. */
export function mapsFor(saliency: Saliency, images: Images): Saliency {
  const { ids, frame, classes, grid } = saliency;
  if (images.height !== frame[0] || images.width !== frame[1])
    throw dataError(
      'images',
      `expected frames of ${frame.join('x')}, the maps', got ${images.height}x${images.width}`,
    );
  const rows = new Map(ids.map((id, row) => [id, row]));
  const missing = images.ids.filter((id) => !rows.has(id));
  if (missing.length > 0)
    throw dataError(
      'saliency',
      `expected maps of every image, got none for ${missing.slice(0, 5).join(', ')}`,
    );
  const order = images.ids.map((id) => rows.get(id)!);
  const elsewhere = images.ids.find(
    (_, i) => !sameFrame(saliency.frames[order[i]!]!, images.frames[i]!),
  );
  if (elsewhere !== undefined)
    throw dataError(
      'saliency',
      `expected maps in the images' frames, got one that lies elsewhere on ${elsewhere}: wire the images that the classifier saw (seen of chexseg.grad-cam)`,
    );
  const take = (values: Float32Array, length: number) => {
    const taken = new Float32Array(order.length * length);
    for (const [i, row] of order.entries())
      taken.set(values.subarray(row * length, (row + 1) * length), i * length);
    return taken;
  };
  return {
    ...saliency,
    ids: images.ids,
    frames: order.map((row) => saliency.frames[row]!),
    values: take(saliency.values, classes.length * grid[0] * grid[1]),
    probabilities: take(saliency.probabilities, classes.length),
  };
}

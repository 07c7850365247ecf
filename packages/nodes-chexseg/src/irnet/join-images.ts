import { dataError, type Images, type Saliency } from '@radiograph/graph';

/** Rows of images by id. @throws a data error for another frame, or an id without an image. */
export function joinImages({ ids, frame }: Saliency, images: Images): (id: string) => number {
  if (images.height !== frame[0] || images.width !== frame[1])
    throw dataError(
      'images',
      `expected frames of ${frame.join('x')}, the maps', got ${images.height}x${images.width}`,
    );
  const rows = new Map(images.ids.map((id, row) => [id, row]));
  const missing = ids.find((id) => !rows.has(id));
  if (missing !== undefined)
    throw dataError('images', `expected an image for every map, got none for ${missing}`);
  return (id) => rows.get(id)!;
}

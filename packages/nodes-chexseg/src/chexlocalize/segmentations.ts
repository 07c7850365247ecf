/** gt_, hb_ and gradcam_segmentations JSON: run lengths of all ten findings per image (method.md section c). */
import { dataError } from '@radiograph/graph';
import { type Masks, rleLength, type Size } from '@radiograph/kinds';
import { z } from 'zod';
import type { Finding } from '../phantom/finding.ts';
import { findingOf, ImageSize, parseJson } from './parse-json.ts';

const Segmentation = z.strictObject({
  size: ImageSize.describe('height and width'),
  counts: z.string().min(1),
});
const SegmentationFile = z.record(z.string(), z.record(z.string(), Segmentation));

/** Run lengths by image and finding; every image has its size. */
export type Segmentations = ReadonlyMap<string, SegmentedImage>;
export type SegmentedImage = { readonly size: Size; readonly counts: ReadonlyMap<Finding, string> };

/** Reads run lengths. @throws a data error by image and finding: another size inside an image, runs that do not fill it, unknown names. */
export function parseSegmentations(text: string, path: string): Segmentations {
  const file = parseJson(text, path, SegmentationFile);
  return new Map(
    Object.entries(file).map(([id, masks]): [string, SegmentedImage] => {
      const entries = Object.entries(masks);
      const size = entries[0]?.[1].size;
      if (size === undefined) throw dataError(`${path} > ${id}`, 'expected masks, got none');
      const counts = entries.map(([name, mask]): [Finding, string] => {
        const place = `${path} > ${id} > ${name}`;
        if (mask.size.join() !== size.join())
          throw dataError(
            place,
            `expected the image's size ${size.join('x')}, got ${mask.size.join('x')}`,
          );
        const pixels = rleLength(mask.counts);
        if (pixels !== size[0] * size[1])
          throw dataError(place, `expected runs of ${size[0] * size[1]} pixels, got ${pixels}`);
        return [findingOf(name, place), mask.counts];
      });
      return [id, { size, counts: new Map(counts) }];
    }),
  );
}

/** Writes masks as CheXlocalize does: every class of every image, an empty mask where there is none. The inverse of `parseSegmentations`. */
export function printSegmentations({ ids, classes, sizes, counts }: Masks): string {
  const file = Object.fromEntries(
    ids.map((id, i) => [
      id,
      Object.fromEntries(
        classes.flatMap((name, k) => {
          const rle = counts[i]![k];
          return rle === null || rle === undefined ? [] : [[name, { size: sizes[i], counts: rle }]];
        }),
      ),
    ]),
  );
  return `${JSON.stringify(file)}\n`;
}

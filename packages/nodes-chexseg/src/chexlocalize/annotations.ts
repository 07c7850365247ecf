/** gt_annotations JSON: the polygons that radiologists drew, in pixels of the original radiograph (method.md section c). */
import { fillPolygon, type Point, tracePolygons } from '@radiograph/formats';
import { dataError } from '@radiograph/graph';
import { decodeRle, encodeRle, type Masks, rleArea } from '@radiograph/kinds';
import { z } from 'zod';
import type { Finding } from '../phantom/finding.ts';
import { findingOf, ImageSize, PointXY, parseJson } from './parse-json.ts';
import type { Segmentations, SegmentedImage } from './segmentations.ts';

const Polygons = z.array(z.array(PointXY));
const AnnotationFile = z.record(
  z.string(),
  z.object({ img_size: ImageSize }).catchall(z.union([Polygons, ImageSize])),
);

/**
 * Fills the polygons of each image and finding by PIL's rule, as CheXlocalize's own conversion does.
 *
 * A finding that is not listed is absent: the caller makes it an empty mask. @throws a data error by image and finding.
 */
export function parseAnnotations(text: string, path: string): Segmentations {
  const file = parseJson(text, path, AnnotationFile);
  return new Map(
    Object.entries(file).map(([id, { img_size: size, ...drawn }]): [string, SegmentedImage] => {
      const counts = Object.entries(drawn).map(([name, polygons]): [Finding, string] => {
        const place = `${path} > ${id} > ${name}`;
        const finding = findingOf(name, place);
        if (!isPolygons(polygons))
          throw dataError(place, 'expected a list of polygons, got numbers');
        const mask = new Uint8Array(size[0] * size[1]);
        for (const polygon of polygons) fillPolygon(mask, size, polygon);
        return [finding, encodeRle(mask, ...size)];
      });
      return [id, { size, counts: new Map(counts) }];
    }),
  );
}

function isPolygons(value: Point[][] | [number, number]): value is Point[][] {
  return typeof value[0] !== 'number';
}

/**
 * Outlines masks as polygons, only of images and findings that have any foreground, as in CheXlocalize.
 *
 * Holes cannot be said by polygons: read back, they are filled.
 */
export function printAnnotations({ ids, classes, sizes, counts }: Masks): string {
  const file = ids.flatMap((id, i) => {
    const size = sizes[i]!;
    const drawn = classes.flatMap((name, k) => {
      const rle = counts[i]![k];
      if (rle === null || rle === undefined || rleArea(rle) === 0) return [];
      return [[name, tracePolygons(decodeRle(rle, ...size), size)]];
    });
    return drawn.length === 0 ? [] : [[id, { img_size: size, ...Object.fromEntries(drawn) }]];
  });
  return `${JSON.stringify(Object.fromEntries(file))}\n`;
}

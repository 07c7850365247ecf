/** hb_salient_pt JSON: where a radiologist points for each finding (method.md section c). */
import type { Point } from '@radiograph/formats';
import type { Table } from '@radiograph/kinds';
import { z } from 'zod';
import { findingOf, PointXY, parseJson } from './parse-json.ts';

const PointFile = z.record(z.string(), z.record(z.string(), z.array(PointXY)));

/** The columns of a table of points: one row per point, in pixels of the original radiograph, the first pixel's center is 0. */
const columns = ['image', 'finding', 'x', 'y'] as const;

/** Reads points as a table `image, finding, x, y`. @throws a data error by image and finding. */
export function parseSalientPoints(text: string, path: string): Table {
  const file = parseJson(text, path, PointFile);
  const rows = Object.entries(file).flatMap(([id, points]) =>
    Object.entries(points).flatMap(([name, list]) => {
      const finding = findingOf(name, `${path} > ${id} > ${name}`);
      return list.map(([x, y]) => [id, finding, x, y] as const);
    }),
  );
  return { title: 'Salient points', columns, rows };
}

/** Points by image and finding. */
export type SalientPoints = Readonly<Record<string, Readonly<Record<string, readonly Point[]>>>>;

/** The inverse of `parseSalientPoints`. */
export function printSalientPoints(points: SalientPoints): string {
  return `${JSON.stringify(points)}\n`;
}

/** A table of no points, for data sets that have none. */
export const noSalientPoints: Table = { title: 'Salient points', columns, rows: [] };

import { readFileSync } from 'node:fs';
import { createRandom, type Random } from '@radiograph/statistics';
import { describe, expect, test } from 'vitest';
import { fillPolygon, type Point } from './fill-polygon.ts';
import { addSiimRle, writeSiimRle } from './siim-rle.ts';
import { tracePolygons } from './trace-polygons.ts';

const [height, width] = [24, 30];
const fill = (polygon: readonly Point[]) => {
  const mask = new Uint8Array(height * width);
  fillPolygon(mask, [height, width], polygon);
  return mask;
};
const rows = (mask: Uint8Array, h: number, w: number) =>
  Array.from({ length: h }, (_, y) => [...mask.subarray(y * width, y * width + w)].join(''));

/** Even-odd rule at a point, by a ray to the right. */
function isInside([px, py]: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  polygon.forEach(([x0, y0], i) => {
    const [x1, y1] = polygon[(i + 1) % polygon.length]!;
    if (y0 > py !== y1 > py && px < ((x1 - x0) * (py - y0)) / (y1 - y0) + x0) inside = !inside;
  });
  return inside;
}

function distance([px, py]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const along = square === 0 ? 0 : ((px - x0) * (x1 - x0) + (py - y0) * (y1 - y0)) / square;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(px - x0 - t * (x1 - x0), py - y0 - t * (y1 - y0));
}

const toOutline = (point: Point, polygon: readonly Point[]) =>
  Math.min(...polygon.map((from, i) => distance(point, from, polygon[(i + 1) % polygon.length]!)));

describe('[F7] polygons fill as PIL draws them', () => {
  test('a triangle, both orders of its points, fractions truncated', () => {
    const points: Point[] = [
      [0.9, 0.2],
      [0, 3],
      [4.7, 3.9],
    ];
    expect(rows(fill(points), 5, 5)).toEqual(['10000', '11000', '11110', '11111', '00000']);
    expect(fill([...points].reverse())).toEqual(fill(points));
  });

  test('150 random polygons come out as PIL drew them, pixel for pixel', () => {
    const { polygons } = JSON.parse(
      readFileSync(new URL('../../fixtures/polygons.json', import.meta.url), 'utf8'),
    ) as { polygons: { points: Point[]; rows: string[] }[] };
    expect(polygons.length).toBe(150);
    for (const { points, rows: drawn } of polygons) {
      const expected = drawn.map((row) =>
        Number.parseInt(row, 16).toString(2).padStart(width, '0'),
      );
      expect(rows(fill(points), height, width), JSON.stringify(points)).toEqual(expected);
    }
  });

  test('what is deep inside by the even-odd rule is filled, what is a pixel away is not', () => {
    const random = createRandom(5, 'polygons');
    for (let round = 0; round < 300; round++) {
      const points = Array.from(
        { length: 3 + random.integer(6) },
        (): Point => [random.integer(width + 8) - 4, random.integer(height + 8) - 4],
      );
      const mask = fill(points);
      const wrong = Array.from(mask.keys()).filter((i) => {
        const pixel: Point = [i % width, Math.floor(i / width)];
        return toOutline(pixel, points) > 1 && mask[i] !== (isInside(pixel, points) ? 1 : 0);
      });
      expect(wrong, JSON.stringify(points)).toEqual([]);
    }
  });

  test('polygons add up, parts outside are cut off, damaged vertices are named', () => {
    const mask = fill([
      [-5, -5],
      [-5, 100],
      [100, 100],
      [100, -5],
    ]);
    expect(mask.every((pixel) => pixel === 1)).toBe(true);
    expect(fill([]).includes(1)).toBe(false);
    expect(() =>
      fill([
        [Number.NaN, 1],
        [2, 2],
        [3, 1],
      ]),
    ).toThrow('polygon: expected pairs of numbers');
  });
});

test('[F8] SIIM run lengths go down the columns and come back', () => {
  const mask = new Uint8Array(12);
  addSiimRle(mask, [3, 4], '1 2 4 1'); // column 0: rows 1, 2; column 2: row 1
  expect([...mask]).toEqual([0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0]);
  expect(writeSiimRle(mask, [3, 4])).toBe('1 2 4 1');
  addSiimRle(mask, [3, 4], '-1');
  addSiimRle(mask, [3, 4], '0 1');
  expect(mask[0]).toBe(1);
  expect(writeSiimRle(new Uint8Array(12), [3, 4])).toBe('-1');
  expect(() => addSiimRle(mask, [3, 4], '10 3')).toThrow(
    'expected runs within 3x4 pixels, got one to 13',
  );
  expect(() => addSiimRle(mask, [3, 4], '1 2 3')).toThrow('EncodedPixels: expected "-1" or pairs');
});

/** The mask with every hole filled: what cannot be reached from outside in 4 directions. */
function fillHoles(mask: Uint8Array): Uint8Array {
  const outside = new Uint8Array(mask.length);
  const open: Point[] = Array.from({ length: 2 * (width + height) }, (_, i): Point => {
    if (i < 2 * width) return [i % width, i < width ? 0 : height - 1];
    const k = i - 2 * width;
    return [k < height ? 0 : width - 1, k % height];
  });
  for (let p = open.pop(); p !== undefined; p = open.pop()) {
    const [x, y] = p;
    const i = y * width + x;
    if (x < 0 || y < 0 || x >= width || y >= height || mask[i] === 1 || outside[i] === 1) continue;
    outside[i] = 1;
    open.push([x + 1, y], [x - 1, y], [x, y + 1], [x, y - 1]);
  }
  return outside.map((value) => 1 - value);
}

/** Rectangles, some with holes of noise, some cut out of others. */
function drawBlobs(random: Random): Uint8Array {
  const mask = new Uint8Array(height * width);
  for (let blob = random.integer(6); blob >= 0; blob--) {
    const [w, h] = [1 + random.integer(12), 1 + random.integer(9)];
    const [left, top] = [random.integer(width - w), random.integer(height - h)];
    const value = random.next() < 0.75 ? 1 : 0;
    const noise = random.next() < 0.5 ? 0.3 : 0;
    for (let i = 0; i < w * h; i++) {
      const at = (top + Math.floor(i / w)) * width + left + (i % w);
      mask[at] = random.next() < noise ? 0 : value;
    }
  }
  return mask;
}

test('[F9] outlines fill back to the mask with its holes filled', () => {
  const random = createRandom(6, 'outlines');
  for (let round = 0; round < 400; round++) {
    const mask = drawBlobs(random);
    const again = new Uint8Array(mask.length);
    const polygons = tracePolygons(mask, [height, width]);
    for (const polygon of polygons) fillPolygon(again, [height, width], polygon);
    expect(rows(again, height, width)).toEqual(rows(fillHoles(mask), height, width));
  }
  expect(tracePolygons(new Uint8Array(6), [2, 3])).toEqual([]);
  expect(tracePolygons(Uint8Array.of(0, 0, 0, 0, 1, 0), [2, 3])).toEqual([[[1, 1]]]);
});

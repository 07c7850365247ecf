import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listSearchPaths, reachOf, sourceWindow } from './path-index.ts';

type Case = {
  readonly size: [number, number];
  readonly radius_floor: number;
  readonly search_dst: number[][];
  readonly group_len_count: number[][];
  readonly paths?: number[][][][];
  readonly n_src: number;
  readonly src_first5: number[];
  readonly dst_first_row_first5: number[];
};
// Made by the PathIndex class of the released IRNet: method.md b.5.
const fixture: Record<string, Case> = JSON.parse(
  readFileSync(new URL('./fixtures/path_index.json', import.meta.url), 'utf8'),
);

describe('path index', () => {
  test.each(Object.entries(fixture))(
    '[C43] directions, paths and sources of radius %s are those of the released IRNet',
    (name, expected) => {
      const radius = Number(name);
      const paths = listSearchPaths(radius);
      const lengths = [...new Set(paths.map(({ points }) => points.length))];
      const groups = lengths.map((length) =>
        paths.filter(({ points }) => points.length === length),
      );

      expect(paths.map(({ destination }) => destination)).toEqual(expected.search_dst);
      expect(groups.map((group, i) => [lengths[i], group.length])).toEqual(
        expected.group_len_count,
      );
      if (expected.paths !== undefined && expected.paths !== null)
        expect(groups.map((group) => group.map(({ points }) => points))).toEqual(expected.paths);
      expect(reachOf(radius)).toBe(expected.radius_floor);

      const { left, height, width } = sourceWindow(expected.size, radius);
      const sources = Array.from(
        { length: height * width },
        (_, i) => Math.floor(i / width) * expected.size[1] + left + (i % width),
      );
      const [dy, dx] = paths[0]!.destination;
      const step = dy * expected.size[1] + dx;
      expect(sources.length).toBe(expected.n_src);
      expect(sources.slice(0, 5)).toEqual(expected.src_first5);
      expect(sources.slice(0, 5).map((source) => source + step)).toEqual(
        expected.dst_first_row_first5,
      );
    },
  );

  test('[C43] an 80 x 80 map at radius 10 has 152 x 4402 pairs', () => {
    const { height, width } = sourceWindow([80, 80], 10);

    expect([listSearchPaths(10).length, height * width]).toEqual([152, 4402]);
  });
});

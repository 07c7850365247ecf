import { readFileSync } from 'node:fs';
import { resizeBilinear } from '@radiograph/kinds';
import { describe, expect, test } from 'vitest';
import { fillHoles } from './fill-holes.ts';
import { type MaskRule, maskFromMap } from './mask-from-map.ts';
import { normalizeMap, otsuThreshold, toBytes } from './otsu.ts';

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8'));

type Sample = {
  readonly hw: [number, number];
  readonly grid10x10: number[][];
  readonly otsu_area: number;
  readonly tuned_thr: number;
  readonly tuned_area: number;
};
const samples: [string, Sample][] = Object.entries(
  read('chexlocalize_sample_expected') as Record<string, Record<string, Sample>>,
).flatMap(([id, maps]) =>
  Object.entries(maps).map(([name, sample]): [string, Sample] => [`${id} ${name}`, sample]),
);

const areaOf = (mask: Uint8Array) => mask.reduce((sum, pixel) => sum + pixel, 0);

describe('maskFromMap', () => {
  test('[C1] gives the Otsu and tuned masks of the published CheXlocalize sample, but for pixels right at the threshold', () => {
    expect(samples.length).toBe(20);
    let exact = 0;
    for (const [name, { hw, grid10x10, otsu_area, tuned_thr, tuned_area }] of samples) {
      // The published maps went through 320 x 320 before they were stretched to the picture.
      const grid = resizeBilinear({ data: grid10x10.flat(), size: [10, 10] }, [320, 320]);
      const mask = (rule: MaskRule) => maskFromMap(grid, { gridSize: [320, 320], size: hw, rule });
      const otsu = areaOf(mask({ type: 'otsu' }));
      if (otsu === otsu_area) exact++;
      else {
        // The fixture's grids are the maps' to a part in ten million, so only pixels this near to the threshold may be on
        // the other side. From these grids PyTorch and NumPy get 17 areas exactly.
        const map = normalizeMap(resizeBilinear({ data: grid, size: [320, 320] }, hw))!;
        const cut = (otsuThreshold(toBytes(map)) + 1) / 255;
        expect(
          map.some((value) => Math.abs(value - cut) < 4e-7),
          name,
        ).toBe(true);
        expect(Math.abs(otsu - otsu_area), name).toBe(1);
      }
      if (name.startsWith('patient64542')) {
        const tuned = areaOf(mask({ type: 'threshold', threshold: tuned_thr }));
        expect(Math.abs(tuned - tuned_area), `${name} at ${tuned_thr}`).toBeLessThanOrEqual(1);
      }
    }
    expect(exact).toBeGreaterThanOrEqual(18);
  });

  test('[C2] the missing normalization of the released CheXseg empties 17 of those 20 maps', () => {
    const empty = samples.filter(([, { grid10x10 }]) => {
      const grid = Float32Array.from(grid10x10.flat());
      return (
        areaOf(
          maskFromMap(grid, { gridSize: [10, 10], size: [320, 320], rule: { type: 'raw-otsu' } }),
        ) === 0
      );
    });

    expect(empty.length).toBe(17);
  });

  test('[C3] a constant map gives an empty mask', () => {
    for (const rule of [{ type: 'otsu' }, { type: 'threshold', threshold: 0.4 }] as const) {
      const mask = maskFromMap(new Float32Array(4).fill(0.7), {
        gridSize: [2, 2],
        size: [8, 8],
        rule,
      });
      expect(areaOf(mask)).toBe(0);
    }
  });
});

describe('otsuThreshold', () => {
  test('[C4] equals OpenCV on its fixture, foreground strictly above', () => {
    const { src, threshold, binary } = read('otsu');

    const values = Uint8Array.from(src.flat());
    expect(otsuThreshold(values)).toBe(threshold);
    expect([...values].map((value) => (value > threshold ? 1 : 0))).toEqual(binary.flat());
  });

  test('splits two values at the lower one, and gives 0 for one value', () => {
    expect(otsuThreshold(Uint8Array.of(10, 10, 200))).toBe(10);
    expect(otsuThreshold(Uint8Array.of(9, 9))).toBe(0);
  });
});

test('fillHoles fills what foreground encloses, and only that; corners do not close a ring for the background', () => {
  const draw = (rows: string[]) =>
    Uint8Array.from(rows.join(''), (pixel) => (pixel === '#' ? 1 : 0));
  const filled = fillHoles(draw(['.###.', '.#.#.', '.###.', '#...#', '.#.#.']), 5, 5);

  expect(filled).toEqual(draw(['.###.', '.###.', '.###.', '#...#', '.#.#.']));
  expect(fillHoles(draw(['.#.', '#.#', '.#.']), 3, 3)).toEqual(draw(['.#.', '###', '.#.']));
});

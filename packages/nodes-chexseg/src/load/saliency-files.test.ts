import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Saliency } from '@radiograph/kinds';
import { resizeBilinear } from '@radiograph/kinds';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { saliencyFiles } from './saliency-files.ts';
import { recoverGrid } from './saliency-pickle.ts';

/** Written by fixtures/make-models.py with PyTorch: 64 x 64 maps of a radiograph 200 wide and 100 high. */
const maps = fileURLToPath(new URL('../../fixtures/maps', import.meta.url));
const id = 'patient1_study1_view1_frontal';

async function load(options: Record<string, unknown> = {}) {
  const context = createTestContext();
  const params = saliencyFiles.params.parse({ folder: maps, ...options });
  return {
    ...((await saliencyFiles.run({}, params, context)) as { saliency: Saliency }),
    logs: context.logs,
  };
}

describe('chexseg.saliency-files', () => {
  test('[C84] pickles of PyTorch come back as the grids that they were made of', async () => {
    const { saliency, logs } = await load();

    expect(saliency).toMatchObject({
      ids: [id],
      classes: ['Airspace Opacity', 'Edema'],
      grid: [2, 2],
      frame: [64, 64],
    });
    for (const [i, value] of [3, 0, 0, 0.5, 0, 1, 2, 5].entries())
      expect(saliency.values[i]).toBeCloseTo(value, 4);
    expect([...saliency.probabilities]).toEqual([0.25, 0.75]); // task 4 of the tensor 0, 1/16, ...; a plain number
    expect(logs).toEqual([]);
  });

  test('[C84] a 10 x 10 grid is found in its 320 x 320 image, and nothing in a map that is none', () => {
    const grid = Float32Array.from({ length: 100 }, (_, i) => ((i * 29) % 47) / 47);
    const data = resizeBilinear({ data: grid, size: [10, 10] }, [320, 320]);

    const found = recoverGrid({ data, size: [320, 320] }, 32)!;
    expect(found.size).toEqual([10, 10]);
    for (const [i, value] of grid.entries()) expect(found.data[i]).toBeCloseTo(value, 5);
    expect(
      recoverGrid({ data: data.map((v, i) => v + (i === 777 ? 0.01 : 0)), size: [320, 320] }, 32),
    ).toBeUndefined();
    expect(recoverGrid({ data: data.subarray(0, 100), size: [10, 10] }, 32)).toBeUndefined();
  });

  test('[C83] the center crop of 200 x 100 pixels is columns 50 to 150; stretched, all of them', async () => {
    const [crop, stretched] = [
      (await load()).saliency.frames[0]!,
      (await load({ frame: 'stretched' })).saliency.frames[0]!,
    ];
    const span = ({ scaleX, offsetX }: typeof crop) => [offsetX, 64 * scaleX + offsetX];

    expect(span(crop)).toEqual([50, 150]);
    expect(span(stretched)).toEqual([0, 200]);
    expect([crop.scaleY * 64, crop.offsetY, stretched.scaleY * 64]).toEqual([100, 0, 100]);
  });

  test('chosen classes, missing maps and files that are no maps', async () => {
    expect((await load({ classes: ['Edema'] })).saliency.classes).toEqual(['Edema']);
    await expect(load({ classes: ['Edema', 'Fracture'] })).rejects.toThrow(
      `expected a map of Fracture for image ${id}, got none`,
    );
    const folder = createTemporaryFolder();
    await expect(load({ folder })).rejects.toThrow(
      'expected files <image>_<task>_map.pkl, got 0 others',
    );
    cpSync(join(maps, `${id}_Edema_map.pkl`), join(folder, `${id}_Heart_map.pkl`));
    await expect(load({ folder })).rejects.toThrow('expected a name that ends in _Edema_map.pkl');
    writeFileSync(join(folder, `${id}_Heart_map.pkl`), "cos\nsystem\n(S'touch owned'\ntR.");
    await expect(load({ folder })).rejects.toThrow(
      'got a call of os.system: refused, nothing was run',
    );
    writeFileSync(join(folder, `${id}_Heart_map.pkl`), '}.');
    await expect(load({ folder })).rejects.toThrow('expected a tensor under "map"');
  });
});

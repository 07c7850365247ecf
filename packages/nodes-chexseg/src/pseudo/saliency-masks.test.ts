import { identityFrame, type Labels, type Masks, rleArea, type Saliency } from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { saliencyMasks } from './saliency-masks.ts';

const saliency: Saliency = {
  ids: ['a', 'b', 'c'],
  classes: ['Edema', 'Cardiomegaly'],
  grid: [2, 2],
  frame: [8, 8],
  frames: [identityFrame, identityFrame, identityFrame],
  values: Float32Array.from({ length: 24 }, (_, i) => i % 4),
  probabilities: Float32Array.of(0.9, 0.1, 0.5, 0.6, 0.2, 0.3),
};
const labels: Labels = {
  ids: ['c', 'b', 'a'],
  classes: ['Cardiomegaly', 'Edema'],
  values: [
    [0, -1],
    [null, 0],
    [1, 1],
  ],
};

async function present(
  options: Record<string, unknown>,
  wired: Labels | undefined = labels,
): Promise<(boolean | null)[][]> {
  const params = saliencyMasks.params.parse(options);
  const { masks } = (await saliencyMasks.run(
    { saliency, labels: wired },
    params,
    createTestContext(),
  )) as { masks: Masks };
  expect(masks).toMatchObject({
    source: 'pseudo',
    ids: saliency.ids,
    sizes: [
      [8, 8],
      [8, 8],
      [8, 8],
    ],
  });
  return masks.counts.map((row) => row.map((rle) => (rle === null ? null : rleArea(rle) > 0)));
}

test('[C5] the probability gate keeps findings from the cutoff up, per finding where one is given', async () => {
  expect(await present({})).toEqual([
    [true, false],
    [true, true],
    [false, false],
  ]);
  expect(await present({ cutoff: 0.1, cutoffs: { Edema: 0.95 } })).toEqual([
    [false, true],
    [false, true],
    [false, true],
  ]);
});

test('[C5] the label gate keeps positive findings, joined by id; uncertain ones as asked, blank ones never', async () => {
  expect(await present({ gate: 'labels' })).toEqual([
    [true, true],
    [false, false],
    [true, false],
  ]);
  expect(await present({ gate: 'labels', uncertainGate: 'absent' })).toEqual([
    [true, true],
    [false, false],
    [false, false],
  ]);
});

test('[C5] without a gate every map gives a mask', async () => {
  expect((await present({ gate: 'none' })).flat()).toEqual(Array(6).fill(true));
});

test('[C6] a finding that the gate leaves out is an empty mask, or no annotation where absent is unknown', async () => {
  expect(await present({ gate: 'labels', absent: 'unknown' })).toEqual([
    [true, true],
    [null, null],
    [true, null],
  ]);
});

test('keeps the asked classes in the asked order, and names the known ones for an unknown one', async () => {
  expect(await present({ classes: ['Cardiomegaly', 'Edema'] })).toEqual([
    [false, true],
    [true, true],
    [false, false],
  ]);
  await expect(present({ classes: ['Oedema'] })).rejects.toThrow(
    'classes: expected one of Edema, Cardiomegaly, got Oedema',
  );
});

test('asks for labels when the gate needs them', () => {
  const params = saliencyMasks.params.parse({ gate: 'labels' });
  expect(saliencyMasks.requires(new Set(['saliency']), params)).toContain('labels');
  expect(saliencyMasks.requires(new Set(['saliency', 'labels']), params)).toBeUndefined();
});

test('[C50] a cutoff on the raw maximum empties fainter maps of its finding only', async () => {
  const [name] = saliency.classes as [string];
  const area = saliency.grid[0] * saliency.grid[1];
  const highest = Math.max(...saliency.values.subarray(0, area));

  const kept = await present({ gate: 'none', rawCutoffs: { [name]: highest } });
  const dropped = await present({ gate: 'none', rawCutoffs: { [name]: highest * 2 } });
  expect(kept[0]).toEqual((await present({ gate: 'none' }))[0]);
  expect(dropped[0]).toEqual([false, kept[0]![1]]);
});

test('[C95] published numbers fill in what is not given', async () => {
  // CheXlocalize: Edema from 0.5, Cardiomegaly from 0.1.
  expect(await present({ published: 'chexlocalize' })).toEqual([
    [true, true],
    [true, true],
    [false, true],
  ]);
  expect(await present({ published: 'chexlocalize', cutoffs: { Cardiomegaly: 0.5 } })).toEqual([
    [true, false],
    [true, true],
    [false, false],
  ]);
  // CheXseg: maps of 0 to 3 are far above its raw cutoffs; those of a thousandth are not.
  const faint = { ...saliency, values: saliency.values.map((value) => value / 3000) };
  const { masks } = (await saliencyMasks.run(
    { saliency: faint, labels },
    saliencyMasks.params.parse({ gate: 'none', published: 'chexseg' }),
    createTestContext(),
  )) as { masks: Masks };
  expect(masks.counts.map((row) => row.map((rle) => rleArea(rle!) > 0))).toEqual([
    [false, true],
    [false, true],
    [false, true],
  ]);
});

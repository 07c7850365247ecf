import type { Supervision } from '@radiograph/kinds';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { labelMixer } from './label-mixer.ts';

const strong = paintSquares(4, 8);
const weak = paintSquares(6, 8, 2);
const inputs = {
  strongImages: strong.images,
  strongMasks: strong.masks,
  weakImages: weak.images,
  weakMasks: { ...weak.masks, source: 'pseudo' as const },
};

async function mix(options: object, wires: object = inputs) {
  const context = createTestContext();
  const { supervision } = await labelMixer.run(wires, labelMixer.params.parse(options), context);
  return { supervision: supervision as Supervision, logs: context.logs };
}

test("[N11] carries both sets and the rule, CheXseg's rho 0.9 unless told otherwise", async () => {
  const { supervision, logs } = await mix({});

  expect(supervision.mixing).toEqual({ type: 'rho', rho: 0.9, floatTrap: false });
  expect(supervision.strong!.images.pixels).toBe(strong.images.pixels);
  expect([supervision.strong!.masks.ids, supervision.weak!.masks.ids]).toEqual([
    strong.images.ids,
    weak.images.ids,
  ]);
  expect(logs).toEqual(['4 expert-labeled and 6 pseudo-labeled images']);
  expect((await mix({ mode: 'concatenate' })).supervision.mixing).toEqual({ type: 'concatenate' });
  expect((await mix({ mode: 'share', rho: 0.3 })).supervision.mixing).toEqual({
    type: 'share',
    rho: 0.3,
  });
});

test('[N12] takes the masks of its images by id, whatever the order', async () => {
  const turned = {
    ...strong.masks,
    ids: [...strong.masks.ids].reverse(),
    counts: [...strong.masks.counts].reverse(),
  };
  const { supervision } = await mix({}, { ...inputs, strongMasks: turned });

  expect(supervision.strong!.masks.counts).toEqual(strong.masks.counts);
});

test('full and weak supervision are one wired pair; half a pair is refused', async () => {
  const { supervision } = await mix({}, { strongImages: strong.images, strongMasks: strong.masks });
  expect(supervision.weak).toBeNull();

  const missing = (...wired: string[]) =>
    labelMixer.requires(new Set(wired), labelMixer.params.parse({}));
  expect(missing('strongImages')).toContain('both strongImages and strongMasks');
  expect(missing('strongImages', 'strongMasks', 'weakMasks')).toContain(
    'both weakImages and weakMasks',
  );
  expect(missing()).toContain('got none');
  expect(missing('weakImages', 'weakMasks')).toBeUndefined();
});

test('sets of other classes are refused with both lists', async () => {
  const other = { ...weak.masks, classes: ['circle'] };
  await expect(mix({}, { ...inputs, weakMasks: other })).rejects.toThrow(
    'weakMasks: expected the classes of strongMasks (square), got circle: square missing; circle in weakMasks alone',
  );
});

test('[N12] joins classes by name: the weak ones take the order of the expert ones', async () => {
  const two = ({ masks }: typeof strong, classes: readonly [string, string]) => ({
    ...masks,
    classes,
    counts: masks.counts.map(([rle]) => classes.map((name) => (name === 'square' ? rle! : null))),
  });
  const { supervision } = await mix(
    {},
    {
      ...inputs,
      strongMasks: two(strong, ['square', 'other']),
      weakMasks: two(weak, ['other', 'square']),
    },
  );

  expect(supervision.weak!.masks.classes).toEqual(['square', 'other']);
  expect(supervision.weak!.masks.counts).toEqual(weak.masks.counts.map(([rle]) => [rle, null]));
});

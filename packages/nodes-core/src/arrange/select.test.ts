import { type Images, type Labels, selectImages, type Table } from '@radiograph/kinds';
import { createTestContext, paintSquares } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { select } from './select.ts';

const painted = paintSquares(8, 8).images;
/** image0 ... image7, two of each of four patients. */
const images: Images = {
  ...painted,
  patientIds: painted.ids.map((_, i) => `patient${Math.floor(i / 2)}`),
};
const labels: Labels = {
  ids: images.ids,
  classes: ['Edema', 'Fracture'],
  values: [
    [1, 0],
    [1, null],
    [0, 1],
    [-1, 1],
    [1, 1],
    [null, 0],
    [0, 0],
    [1, 0],
  ],
};
type Options = Record<string, unknown>;
type Wires = { readonly labels?: Labels; readonly table?: Table };

async function choose(options: Options, wires: Wires = {}) {
  const result = await select.run(
    { images, ...wires },
    select.params.parse(options),
    createTestContext(),
  );
  const { images: chosen, rest } = result as { images: Images; rest: Images };
  expect([...chosen.ids, ...rest.ids].toSorted()).toEqual(images.ids);
  return chosen.ids.map((id) => Number(id.replace('image', '')));
}

describe('[N60] core.select', () => {
  test('keeps listed images and patients in the old order; without conditions all', async () => {
    expect(await choose({ ids: ['image6', 'image1'] })).toEqual([1, 6]);
    expect(await choose({ patients: ['patient3'] })).toEqual([6, 7]);
    expect(await choose({ ids: ['image1', 'image6'], patients: ['patient3'] })).toEqual([6]);
    expect(await choose({})).toHaveLength(8);
    expect(await choose({ limit: 3 })).toEqual([0, 1, 2]);
  });

  test('keeps the images that a table has a row for, by its first column or a named one', async () => {
    const table = {
      title: 'Worst',
      columns: ['rank', 'image'],
      rows: [
        [1, 'image5'],
        [2, 'image2'],
        [3, 'elsewhere'],
      ],
    };
    expect(await choose({ idColumn: 'image' }, { table })).toEqual([2, 5]);
    await expect(choose({ idColumn: 'id' }, { table })).rejects.toThrow(
      'idColumn: expected a column of "Worst" (rank, image), got id',
    );
    await expect(choose({}, { table })).rejects.toThrow('got none of 8');
  });

  test('keeps images by the label of a finding', async () => {
    expect(await choose({ finding: 'Edema' }, { labels })).toEqual([0, 1, 4, 7]);
    const values = ['uncertain', 'blank'];
    expect(await choose({ finding: 'Edema', values }, { labels })).toEqual([3, 5]);
    await expect(choose({ finding: 'Oedema' }, { labels })).rejects.toThrow(
      'finding: expected one of Edema, Fracture, got Oedema',
    );
  });

  test('keeps so many of each finding and of each patient', async () => {
    expect(await choose({ perPatient: 1 })).toEqual([0, 2, 4, 6]);
    expect(await choose({ perFinding: 1 }, { labels })).toEqual([0, 2]);
    expect(await choose({ perFinding: 3 }, { labels })).toEqual([0, 1, 2, 3, 4]);
    expect(await choose({ perFinding: 2, perPatient: 1 }, { labels })).toEqual([0, 2, 4]);
  });

  test('names that are not there are errors; labels of images that are not there do not matter', async () => {
    await expect(choose({ ids: ['image1', 'image9'] })).rejects.toThrow(
      'ids: expected names among the 8 that came in, got 1 others: image9',
    );
    await expect(choose({ patients: ['p'] })).rejects.toThrow(
      'patients: expected names among the 4',
    );
    const few = selectImages(images, (i) => i < 2);
    const params = select.params.parse({ finding: 'Edema' });
    const { images: chosen } = (await select.run(
      { images: few, labels },
      params,
      createTestContext(),
    )) as {
      images: Images;
    };
    expect(chosen.ids).toEqual(['image0', 'image1']);
    expect(select.requires(new Set(['images']), params)).toContain('expected a wire into labels');
  });
});

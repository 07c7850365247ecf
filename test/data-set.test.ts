/** The data sets that `npm run data` writes, read by the nodes that read the real ones. */
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { planImages } from '../bench/data/plan-images.ts';
import { writeSet } from '../bench/data/write-set.ts';
import { chexlocalize } from '../packages/nodes-chexseg/src/load/chexlocalize.ts';
import { chexpert } from '../packages/nodes-chexseg/src/load/chexpert.ts';

test('a planned set has the counts of CheXpert: frontal views, patients, and at least one study of each', () => {
  const images = planImages(223_414, { seed: 0, firstPatient: 1 });

  expect(images).toHaveLength(223_414);
  expect(images.filter(({ view }) => view === 'frontal')).toHaveLength(191_027);
  expect(new Set(images.map(({ file }) => file)).size).toBe(223_414);
  const patients = images.map(({ file }) => file.split('/')[0]);
  expect(new Set(patients).size).toBe(64_540);
  expect(patients).toEqual(patients.toSorted());
});

test('a written set is read by the loaders; polygons and run lengths give the same masks', async () => {
  const folder = createTemporaryFolder();
  await writeSet({
    folder,
    train: 12,
    val: 5,
    test: 3,
    phantoms: 1,
    seed: 3,
    original: [640, 780],
    files: 'small',
    onProgress: () => {},
  });
  const context = { ...createTestContext(), resolvePath: (path: string) => `${folder}/${path}` };
  const load = async (node: typeof chexpert, params: Record<string, unknown>) =>
    (await node.run({}, node.params.parse({ size: 32, ...params }), context)) as Record<
      string,
      { readonly ids: readonly string[]; readonly counts?: unknown; readonly sizes?: unknown }
    >;

  const train = await load(chexpert, { views: 'all' });
  expect(train.images?.ids).toHaveLength(12);
  const [first, second] = await Promise.all(
    ['segmentations', 'annotations'].map((truth) =>
      load(chexlocalize, {
        truth,
        set: 'val',
        reader1: 'hb_segmentations_val.json',
        reader2: 'hb2_segmentations_val.json',
        labels: 'val_labels.csv',
      }),
    ),
  );
  expect(first?.masks).toEqual(second?.masks);
  expect(first?.masks?.sizes).toContainEqual([640, 780]);
  expect(first?.reader1?.ids).toEqual(first?.images?.ids);
  expect(first?.reader1?.counts).not.toEqual(first?.reader2?.counts);
}, 60_000);

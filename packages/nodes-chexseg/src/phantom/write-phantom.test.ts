import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRle, type Images, type Labels, type Masks } from '@radiograph/kinds';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { findings } from './finding.ts';
import { phantom } from './phantom-node.ts';
import { writePhantom } from './write-phantom.ts';

test('[C27] files have the columns and keys of CheXpert and CheXlocalize', async () => {
  const folder = createTemporaryFolder();
  await writePhantom({ folder, patients: 8, size: 32, seed: 4 });

  const [header, ...rows] = readFileSync(join(folder, 'CheXpert-phantom/train.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(header).toBe(
    'Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices',
  );
  expect(rows).toHaveLength(5);
  for (const row of rows)
    for (const cell of row.split(',').slice(5)) expect(['', '1.0', '0.0', '-1.0']).toContain(cell);
  const truth = JSON.parse(
    readFileSync(join(folder, 'CheXlocalize-phantom/gt_segmentations_val.json'), 'utf8'),
  );
  for (const masks of Object.values(truth) as Record<
    string,
    { size: [number, number]; counts: string }
  >[]) {
    expect(Object.keys(masks)).toEqual([...findings]);
    for (const { size, counts } of Object.values(masks))
      expect(decodeRle(counts, ...size).length).toBe(32 * 32);
  }
  const kinds = [
    'gt_annotations',
    'gt_segmentations',
    'hb2_segmentations',
    'hb_salient_pt',
    'hb_segmentations',
  ];
  expect(readdirSync(join(folder, 'CheXlocalize-phantom')).sort()).toEqual(
    kinds.flatMap((kind) => [`${kind}_test.json`, `${kind}_val.json`]),
  );
  const [testHeader] = readFileSync(join(folder, 'CheXpert-phantom/test_labels.csv'), 'utf8').split(
    '\n',
  );
  expect(testHeader).toBe(header!.replace('Sex,Age,Frontal/Lateral,AP/PA,', ''));
});

test('[C19] the node gives the same patients whatever their number, with masks of all ten findings', async () => {
  const run = async (patients: number) => {
    const params = phantom.params.parse({ patients, size: 32 });
    return (await phantom.run({}, params, createTestContext())) as {
      images: Images;
      labels: Labels;
      masks: Masks;
      reader1: Masks;
    };
  };
  const [two, three] = [await run(2), await run(3)];

  expect(three.images.pixels.subarray(0, 2 * 32 * 32)).toEqual(two.images.pixels);
  expect(three.masks.counts.slice(0, 2)).toEqual(two.masks.counts);
  expect(three.masks.classes).toEqual(findings);
  expect(three.labels.classes).toHaveLength(14);
  expect(three.reader1.source).toBe('human');
});

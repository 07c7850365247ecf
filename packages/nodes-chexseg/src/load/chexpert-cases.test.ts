/** CheXpert's CSV as people have it: variants of one table, made by hand after public reports (test/cases/41-cx-csv/README). */
import { join } from 'node:path';
import type { Images, Labels } from '@radiograph/kinds';
import { createTestContext } from '@radiograph/testing';
import { expect, test } from 'vitest';
import { chexpert } from './chexpert.ts';

const folder = join(import.meta.dirname, '../../../../test/cases/41-cx-csv/CheXpert-v1.0-small');

async function load(csv: string) {
  const params = chexpert.params.parse({ folder, csv, size: 16 });
  const context = createTestContext({ resolvePath: (path) => path });
  const { images, labels } = (await chexpert.run({}, params, context)) as {
    images: Images;
    labels: Labels;
  };
  const edema = labels.classes.indexOf('Edema');
  return { ids: images.ids, edema: labels.values.map((row) => row[edema]), logs: context.logs };
}

test.each([
  'train.csv',
  'bomcrlf.csv',
  'cr.csv',
  'semi.csv',
  'index.csv',
  'nan.csv',
  'NA.csv',
  'lung.csv',
  'abs.csv',
  'win.csv',
  'winrows.csv',
  'parenttest.csv',
  'train_in_root.csv',
  'upper.csv',
])('[C70] %s has the labels 1, 0, 1 of the three images', async (csv) => {
  const { ids, edema } = await load(csv);
  expect(ids).toEqual([
    'patient00001_study1_view1_frontal',
    'patient00002_study1_view1_frontal',
    'patient00002_study2_view1_frontal',
  ]);
  expect(edema).toEqual([1, 0, 1]);
});

test.each([
  ['quotedspace.csv', 'line 2, column 2: expected a quote right after the delimiter'],
  ['u.csv', 'line 3, column Edema: expected 1, 0, -1, True, False or blank, got "u"'],
  [
    'dup.csv',
    'line 5: expected each image once, got patient00001_study1_view1_frontal of line 2 again',
  ],
  ['missing.csv', 'patient00009'],
])('[C73] %s is refused with its place', async (csv, message) => {
  await expect(load(csv)).rejects.toThrow(message);
});

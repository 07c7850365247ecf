import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SourceList } from '@radiograph/graph';
import type { Images, Labels, Table } from '@radiograph/kinds';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { labelTasks } from '../phantom/finding.ts';
import { chexpert } from './chexpert.ts';

const header =
  'Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices';
const row2 =
  'CheXpert-v1.0-small/train/patient00002/study2/view1_frontal.jpg,Female,87,Frontal,AP,,,-1.0,1.0,,-1.0,-1.0,,-1.0,,-1.0,,1.0,';
const row1 =
  'CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg,Female,68,Frontal,PA,1.0,,,,,,,,,0.0,,,,1.0';
const lateral = row1.replaceAll('view1_frontal', 'view2_lateral').replace('Frontal,PA', 'Lateral,');

async function writeImage(path: string, [height, width] = [20, 40]): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const data = Uint8Array.from({ length: height! * width! }, (_, i) => (i % width!) * 4);
  await sharp(data, { raw: { width: width!, height: height!, channels: 1 } }).toFile(path);
}

/** A data set on disk: a CSV, and an image for each of its paths. */
async function writeSet(lines: readonly string[], csv = 'train.csv'): Promise<string> {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, csv), `${lines.join('\n')}\n`);
  for (const line of lines.slice(1)) {
    const file = /(train|valid|test)\/[^,]*\.jpg/.exec(line)?.[0];
    if (file !== undefined) await writeImage(join(folder, file));
  }
  return folder;
}

type Loaded = { readonly images: Images; readonly labels: Labels; readonly studies: Table };
async function load(folder: string, options: Record<string, unknown> = {}): Promise<Loaded> {
  const params = chexpert.params.parse({ folder, size: 16, ...options });
  return (await chexpert.run({}, params, createTestContext())) as Loaded;
}
const problemOf = async (folder: string, options: Record<string, unknown> = {}) => {
  const error: unknown = await load(folder, options).catch((reason: unknown) => reason);
  return String(error).replaceAll(`${folder}/`, '');
};

describe('chexseg.chexpert', () => {
  test('[C70] findings come in the classifier’s order, as written; Lung Opacity is Airspace Opacity', async () => {
    const { images, labels, studies } = await load(await writeSet([header, row1, lateral, row2]));

    expect(labels.classes).toEqual(labelTasks);
    expect(images.ids).toEqual([
      'patient00001_study1_view1_frontal',
      'patient00002_study2_view1_frontal',
    ]);
    expect(images.patientIds).toEqual(['patient00001', 'patient00002']);
    const second = Object.fromEntries(
      labels.classes.map((name, k) => [name, labels.values[1]![k]]),
    );
    expect(second).toEqual({
      'No Finding': null,
      'Enlarged Cardiomediastinum': null,
      Cardiomegaly: -1,
      'Airspace Opacity': 1,
      'Lung Lesion': null,
      Edema: -1,
      Consolidation: -1,
      Pneumonia: null,
      Atelectasis: -1,
      Pneumothorax: null,
      'Pleural Effusion': -1,
      'Pleural Other': null,
      Fracture: 1,
      'Support Devices': null,
    });
    expect(studies.rows[1]).toEqual([
      'patient00002_study2_view1_frontal',
      'patient00002',
      'patient00002_study2',
      'frontal',
      'AP',
      'Female',
      87,
    ]);
  });

  test('[C70] the test CSV has no view columns, other files other orders and spellings', async () => {
    const folder = await writeSet(
      [
        'airspace_opacity,Path,Pleural Effusion,other',
        '1,test/patient64741/study1/view1_frontal.jpg,nan,x',
        '0,test/patient64741/study1/view2_lateral.jpg,-1,y',
      ],
      'test_labels.csv',
    );

    const { images, labels, studies } = await load(folder, { csv: 'test_labels.csv' });
    expect(images.ids).toEqual(['patient64741_study1_view1_frontal']);
    expect([labels.classes, labels.values]).toEqual([
      ['Airspace Opacity', 'Pleural Effusion'],
      [[1, null]],
    ]);
    expect(studies.rows[0]).toEqual([
      images.ids[0],
      'patient64741',
      'patient64741_study1',
      'frontal',
      null,
      null,
      null,
    ]);
    expect(
      (await load(folder, { csv: 'test_labels.csv', views: 'lateral' })).labels.values,
    ).toEqual([[0, -1]]);
  });

  test('[C71] views, projection, one view per study, a limit and a random draw choose images', async () => {
    const folder = await writeSet([header, row1, lateral, row2]);
    const ids = async (options: Record<string, unknown>) =>
      (await load(folder, options)).images.ids.map((id) => id.slice('patient0'.length));

    expect(await ids({ views: 'all' })).toEqual([
      '0001_study1_view1_frontal',
      '0001_study1_view2_lateral',
      '0002_study2_view1_frontal',
    ]);
    expect(await ids({ views: 'lateral' })).toEqual(['0001_study1_view2_lateral']);
    expect(await ids({ projection: 'AP' })).toEqual(['0002_study2_view1_frontal']);
    expect(await ids({ views: 'all', studies: 'first-view' })).toHaveLength(2);
    expect(await ids({ views: 'all', limit: 2 })).toEqual([
      '0001_study1_view1_frontal',
      '0001_study1_view2_lateral',
    ]);
    const draws = await Promise.all(
      [1, 2, 3, 4, 5].map((sampleSeed) => ids({ views: 'all', limit: 1, sampleSeed })),
    );
    expect(await ids({ views: 'all', limit: 1, sampleSeed: 1 })).toEqual(draws[0]);
    expect(new Set(draws.flat()).size).toBeGreaterThan(1);
  });

  test('[C71] a CSV of studies gives every image of a study its labels', async () => {
    const folder = createTemporaryFolder();
    writeFileSync(
      join(folder, 'groundtruth.csv'),
      'Study,Edema\nCheXpert-v1.0/test/patient7/study1,1\n',
    );
    for (const view of ['view1_frontal', 'view2_frontal', 'view3_lateral'])
      await writeImage(join(folder, 'test/patient7/study1', `${view}.jpg`));

    const { images, labels } = await load(folder, { csv: 'groundtruth.csv' });
    expect(images.ids).toEqual(['patient7_study1_view1_frontal', 'patient7_study1_view2_frontal']);
    expect(labels.values).toEqual([[1], [1]]);
  });

  test('[C72] frames lead back to the original pixels; files are found under either name of a set', async () => {
    const folder = createTemporaryFolder();
    writeFileSync(
      join(folder, 'val_labels.csv'),
      'Path,Edema\nCheXpert-v1.0/valid/p/s/view1_frontal.jpg,1\n',
    );
    await writeImage(join(folder, 'val/p/s/view1_frontal.jpg'));

    const { images } = await load(folder, { csv: 'val_labels.csv' });
    expect(images.originalSizes).toEqual([[20, 40]]);
    expect(images.frames).toEqual([{ scaleX: 2.5, scaleY: 2.5, offsetX: -0, offsetY: -10 }]);
    const [first = 0, last = 0] = [images.pixels[4 * 16], images.pixels[4 * 16 + 15]];
    expect([first < 10, last > 140]).toEqual([true, true]);
    expect(images.pixels[3 * 16 + 15]).toBe(0); // the letterbox's padding
  });

  test('[C73] files that cannot be read are listed all at once, or left out with the reason', async () => {
    const folder = await writeSet([header, row1, lateral, row2]);
    const damaged = join(folder, 'train/patient00001/study1/view1_frontal.jpg');
    writeFileSync(damaged, 'no image');
    rmSync(join(folder, 'train/patient00001/study1/view2_lateral.jpg'));
    const all = { views: 'all', onDamage: 'skip' };
    const params = chexpert.params.parse({ folder, size: 16, ...all });
    const context = createTestContext();
    const loaded = (await chexpert.run({}, params, context)) as Loaded & { leftOut: Table };

    expect(loaded.images.ids).toEqual(['patient00002_study2_view1_frontal']);
    expect(loaded.labels.ids).toEqual(loaded.images.ids);
    expect(loaded.studies.rows.map(([id]) => id)).toEqual(loaded.images.ids);
    expect(loaded.leftOut.rows.map(([id]) => id)).toEqual([
      'patient00001_study1_view1_frontal',
      'patient00001_study1_view2_lateral',
    ]);
    expect(loaded.leftOut.rows[0]![1]).toBe(damaged);
    expect(context.facts).toEqual({ 'images left out': 2 });
    expect(await problemOf(folder, { onDamage: 'skip', limit: 1 })).toContain('expected a whole');
    expect(await problemOf(folder, { views: 'all' })).toContain(
      'view2_lateral.jpg: expected a whole',
    );
  });

  test('[C73] without its images a CSV is refused before one is decoded, with their number', async () => {
    const folder = await writeSet([header, row1, lateral, row2]);
    for (const patient of ['patient00001', 'patient00002'])
      rmSync(join(folder, 'train', patient), { recursive: true });
    const problem = await problemOf(folder, { views: 'all' });
    expect(problem.split('\n')).toEqual([
      'RadiographError: expected 3 image files, got none for 3 of them',
      ...['patient00001/study1/view1_frontal', 'patient00001/study1/view2_lateral'].map(
        (name) => `train/${name}.jpg: expected a whole PNG or JPEG image, got: no such file`,
      ),
      'train/patient00002/study2/view1_frontal.jpg: expected a whole PNG or JPEG image, got: no such file',
    ]);
  });

  test('[C70] the images that are chosen count by content, others do not; to list them opens none', async () => {
    const folder = await writeSet([header, row1, lateral, row2]);
    writeFileSync(join(folder, 'train/patient00001/study1/view1_frontal.jpg'), 'no image');
    const listed = async (options: Record<string, unknown>) => {
      const params = chexpert.params.parse({ folder, ...options });
      const [csv, list] = chexpert.sources(params) as [string, SourceList];
      expect([csv, list.folder, list.from]).toEqual([`${folder}/train.csv`, folder, [csv]]);
      return list.list((path) => path);
    };

    expect(await listed({})).toEqual([
      'train/patient00001/study1/view1_frontal.jpg',
      'train/patient00002/study2/view1_frontal.jpg',
    ]);
    expect(await listed({ views: 'lateral' })).toEqual([
      'train/patient00001/study1/view2_lateral.jpg',
    ]);
    expect(await listed({ limit: 1 })).toHaveLength(1);
    writeFileSync(join(folder, 'train.csv'), 'Name,Edema\n');
    expect(await listed({})).toEqual([]); // the step itself says what is wrong
  });

  test('[C73] errors name the line and the column, all at once', async () => {
    const folder = await writeSet([
      header,
      row1.replace('0.0', '2.0'),
      row2.replace('-1.0', 'maybe'),
    ]);
    expect(await problemOf(folder)).toBe(
      `RadiographError: train.csv line 2, column Pneumothorax: expected 1, 0, -1, True, False or blank, got "2.0"
train.csv line 3, column Cardiomegaly: expected 1, 0, -1, True, False or blank, got "maybe"`,
    );
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('a.csv', 'Name,Edema\nx,1\n');
    expect(await problemOf(folder, { csv: 'a.csv' })).toContain(
      'a.csv line 1: expected a column Path (or Study), got Name, Edema',
    );
    write('b.csv', 'Path,Age\ntrain/x.jpg,1\n');
    expect(await problemOf(folder, { csv: 'b.csv' })).toContain(
      'b.csv line 1: expected columns of findings',
    );
    write('c.csv', 'Path,Lung Opacity,Airspace Opacity\ntrain/x.jpg,1,1\n');
    expect(await problemOf(folder, { csv: 'c.csv' })).toContain(
      'expected one column for Airspace Opacity, got Lung Opacity and Airspace Opacity',
    );
    write('d.csv', 'Path,Edema\ntrain/x.jpg,1\n');
    expect(await problemOf(folder, { csv: 'd.csv' })).toContain(
      'd.csv line 2: expected Frontal or Lateral',
    );
    write('e.csv', `${header}\n${row1}\n${row1}\n`);
    expect(await problemOf(folder, { csv: 'e.csv' })).toContain(
      'e.csv line 3: expected each image once',
    );
    expect(await problemOf(folder, { csv: 'f.csv' })).toContain(
      'f.csv: expected a CSV file of CheXpert',
    );
    write('g.csv', `${header}\n${row1.replaceAll('00001', '00009')}\n`);
    expect(await problemOf(folder, { csv: 'g.csv' })).toContain(
      'train/patient00009/study1/view1_frontal.jpg: expected a whole PNG or JPEG image',
    );
    write('h.csv', `${header}\n${row1}\n`);
    expect(await problemOf(folder, { csv: 'h.csv', classes: ['Oedema'] })).toContain(
      'classes: expected',
    );
    write(
      'i.csv',
      `Path,Edema\n${Array.from({ length: 30 }, (_, i) => `train/v${i}_frontal.jpg,9\n`).join('')}`,
    );
    expect((await problemOf(folder, { csv: 'i.csv' })).split('\n').at(-1)).toBe(
      'and 10 more like these',
    );
  });
});

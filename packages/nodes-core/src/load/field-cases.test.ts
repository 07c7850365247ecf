/** Data as people have it: each folder of test/cases was made by hand after a public report, its README says the right value. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NodeType } from '@radiograph/graph';
import { type Images, type Labels, type Masks, rleArea } from '@radiograph/kinds';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { dicomFolder } from './dicom-folder.ts';
import { imageFolder } from './image-folder.ts';

const cases = join(import.meta.dirname, '../../../../test/cases');

/** A copy that links can be made in. */
function copyCase(name: string): string {
  const folder = createTemporaryFolder();
  cpSync(join(cases, name), folder, { recursive: true });
  return folder;
}

type Loaded = {
  readonly images: Images;
  readonly labels: Labels;
  readonly masks: Masks;
  readonly logs: readonly string[];
};
async function load(
  folder: string,
  options: Record<string, unknown> = {},
  node: NodeType = imageFolder,
): Promise<Loaded> {
  const context = createTestContext({ resolvePath: (path) => join(folder, path) });
  const params = node.params.parse({ size: 16, ...options });
  const outputs = (await node.run({}, params, context)) as Omit<Loaded, 'logs'>;
  return { ...outputs, logs: context.logs };
}

const edema = [[1], [0], [1]];

describe('label tables', () => {
  const loadLabels = async (file: string, options: object = {}) => {
    const { labels, logs } = await load(join(cases, '13-labels'), { labels: file, ...options });
    return { classes: labels.classes, values: labels.values, logs };
  };

  test.each([
    ['cr.csv', ['Edema'], edema, ''],
    ['tab.csv', ['Edema'], edema, 'cells separated by tab'],
    [
      'semicolon.csv',
      ['Edema', 'Fracture'],
      [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      'separated by semicolon',
    ],
    ['utf16.csv', ['Edema'], edema, 'read as utf-16le'],
    ['latin1.csv', ['\u00d6dem'], edema, 'read as windows-1252'],
    [
      'bom-crlf.csv',
      ['Edema', 'Fracture'],
      [
        [1, null],
        [-1, 0],
        [null, 1],
      ],
      '',
    ],
    ['quoted.csv', ['Edema'], [[1], [0], [-1]], ''],
    [
      'nan.csv',
      ['Edema', 'Fracture'],
      [
        [1, 0],
        [null, 1],
        [0, 1],
      ],
      '',
    ],
    [
      'NA.csv',
      ['Edema', 'Fracture'],
      [
        [1, 0],
        [null, 1],
        [0, 1],
      ],
      '',
    ],
    [
      'bool.csv',
      ['Edema', 'Fracture'],
      [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      '',
    ],
    ['trailcomma.csv', ['Edema'], edema, 'column 3 left out: no name and no values'],
    ['trailing.csv', ['Edema'], edema, '1 rows of empty cells left out'],
    ['comments.csv', ['Edema'], edema, '1 lines of # before the header left out'],
    ['index.csv', ['Edema'], edema, ''],
    ['index-id.csv', ['Edema'], edema, '1 columns are no findings: sex'],
    ['path.csv', ['Edema'], edema, ''],
    ['winpath.csv', ['Edema'], edema, ''],
    ['ws.csv', ['Edema'], edema, ''],
    [
      'pipe.csv',
      ['Edema', 'Fracture', 'No Finding'],
      [
        [1, 1, 0],
        [0, 0, 1],
        [0, 1, 0],
      ],
      'Finding Labels names 3 findings',
    ],
  ])('[N26] %s is read, and the log says how', async (file, classes, values, said) => {
    const { logs, ...labels } = await loadLabels(file);
    expect(labels).toEqual({ classes, values });
    expect(logs.join('\n')).toContain(said);
    expect(logs.join('\n')).toContain('3 of 3 images have a row');
  });

  test.each([
    ['dup.csv', 'expected each image once, got a (line 3) for image a, as a (line 2)'],
    ['ext-dup.csv', 'expected each image once, got a.jpg (line 3) for image a, as a.png (line 2)'],
    ['dupcol.csv', 'line 1, column 3: expected each column name once, got Edema of column 2 again'],
    ['typo.csv', 'line 3, column Edema: expected 1, 0, -1, True, False or blank'],
    ['quoted-space.csv', 'line 2, column 2: expected a quote right after the delimiter'],
    ['quotedjunk.csv', 'line 3, column 3: expected quotes around a whole cell'],
    ['unclosed.csv', 'line 2, column 3: expected a closing quote'],
    ['case.csv', '2 of 3 rows name no image of this set: A.PNG (line 2), B.png (line 3)'],
    ['comma-number.csv', 'expected a column of findings'],
  ])('[N26] %s is refused, with its place', async (file, message) => {
    await expect(loadLabels(file)).rejects.toThrow(message);
  });

  test('[N26] a decimal comma is no number', async () => {
    await expect(loadLabels('comma-number.csv', { labelRules: ['ctr > 0.5'] })).rejects.toThrow(
      'line 2, column ctr: expected a number with a decimal point, or blank, got "0,61"',
    );
  });

  test('[N26] ids that hold dots are compared as a whole', async () => {
    for (const file of ['labels.csv', 'labels-ext.csv'])
      expect((await load(join(cases, '14-uid-ids'), { labels: file })).labels.values).toEqual(
        edema,
      );
    const { images, labels } = await load(join(cases, '14b-dotted'), { labels: 'labels.csv' });
    expect([images.ids, labels.values]).toEqual([
      ['pat.1', 'pat'],
      [[1], [0]],
    ]);
  });

  test('[N26] a composed and a decomposed letter are one', async () => {
    const { images, labels } = await load(join(cases, '16-nfd'), { labels: 'labels.csv' });
    expect([images.ids, labels.values]).toEqual([['M\u00fcller'], [[1]]]);
  });

  test('[N26] the hostile tables of the field are refused', async () => {
    const folder = copyCase('13-labels');
    writeFileSync(join(folder, 'quote.csv'), 'id,Edema\na,"1"0\nb,"1\n');
    writeFileSync(join(folder, 'typo.csv'), 'id,Edema,Mass\na,1,1\nb,O,0\nc,1,0\nd,0,1\n');
    await expect(load(folder, { labels: 'quote.csv' })).rejects.toThrow('line 2, column 2');
    await expect(load(folder, { labels: 'typo.csv' })).rejects.toThrow(
      /line 3, column Edema: expected .* got "O"/,
    );
  });
});

describe('columns', () => {
  const loadTable = (text: string, options: object = {}) => {
    const folder = copyCase('13-labels');
    writeFileSync(join(folder, 'labels.csv'), text);
    return load(folder, { labels: 'labels.csv', ...options });
  };

  test('[N25] a column with labels and others is refused until labelColumns names the findings', async () => {
    const text = 'name,Visit,Edema\na,0,1\nb,1,0\nc,2,1\n';
    await expect(loadTable(text)).rejects.toThrow(
      /line 4, column Visit: expected .*if it is no finding, name those that are in labelColumns.*, got "2"/,
    );
    const { labels } = await loadTable(text, { labelColumns: ['Edema'] });
    expect([labels.classes, labels.values]).toEqual([['Edema'], edema]);
    await expect(loadTable(text, { labelColumns: ['Visit'] })).rejects.toThrow('got "2"');
    await expect(loadTable(text, { labelColumns: ['Edma'] })).rejects.toThrow('expected a column');
  });

  test('[N25] a measurement is no finding, even if it is 1 once; the log names it', async () => {
    const { labels, logs } = await loadTable(
      'name,weight,note,Edema\na,1,x,1\nb,60.5,y,0\nc,71,,1\nd,72,,0\ne,73,,0\n',
    );
    expect(labels.classes).toEqual(['Edema']);
    expect(logs.join('\n')).toContain('2 columns are no findings: weight, note');
  });

  test('[N27] rows and images that are left over are said, and what an image without a row is', async () => {
    const text = 'name,Edema\na,1\nb,0\nx,1\ny,1\n';
    await expect(loadTable(text)).rejects.toThrow(
      /expected a row for image c, got none.*\n.*2 of 4 rows name no image of this set: x \(line 4\), y \(line 5\)/,
    );
    const blank = await loadTable(text, { missingRows: 'blank' });
    expect(blank.labels.values).toEqual([[1], [0], [null]]);
    expect(blank.logs).toEqual([
      'labels.csv: 2 of 3 images have a row; 1 have none: c',
      'labels.csv: 2 of 4 rows name no image of this set: x (line 4), y (line 5)',
    ]);
    const left = await loadTable(text, { missingRows: 'leave-out' });
    expect([left.images.ids, left.labels.values]).toEqual([
      ['a', 'b'],
      [[1], [0]],
    ]);
    expect(left.logs.at(-1)).toBe('1 of 3 images left out: without row or mask');
    await expect(loadTable('name,Edema\nx,1\n')).rejects.toThrow(
      'got none that names any of them: x (line 2)',
    );
    await expect(loadTable('name,Edema\n')).rejects.toThrow('it is empty');
  });

  test('[N27] another column names the images if the first names none', async () => {
    const { labels } = await loadTable('study,file,Edema\ns1,a,1\ns2,b,0\ns3,c,1\n');
    expect(labels).toEqual({ ids: ['a', 'b', 'c'], classes: ['Edema'], values: edema });
  });

  test.each(['patient', 'patient_id', 'PatientID', 'Patient ID', 'subject', 'subject-id'])(
    '[N28] a column %s groups images, and the log says so',
    async (column) => {
      const text = `name,${column},Edema\na,7,1\nb,7,0\nc,,1\n`;
      const { images, labels, logs } = await loadTable(text);
      expect([images.patientIds, labels.classes]).toEqual([['7', '7', 'c'], ['Edema']]);
      expect(logs).toContain(
        `1 patients by column ${column}; 1 images without one are patients of their own`,
      );
    },
  );

  test('[N28] a column of patients that is not used is said', async () => {
    const text = 'name,patient,case,Edema\na,7,1,1\nb,7,1,0\nc,8,1,1\n';
    const byPattern = await loadTable(text, { patientPattern: '^(.)', labelColumns: ['Edema'] });
    expect(byPattern.images.patientIds).toEqual(['a', 'b', 'c']);
    expect(byPattern.logs).toContain(
      'column patient is not used: patientPattern finds the patients',
    );
    const chosen = await loadTable(text, { patientColumn: 'case', labelColumns: ['Edema'] });
    expect(chosen.images.patientIds).toEqual(['1', '1', '1']);
  });
});

describe('folders', () => {
  test('[N29] links are followed: to images, and to the folder of a class', async () => {
    const folder = copyCase('01-symlinks');
    for (const name of ['b', 'c'])
      symlinkSync(`../real/${name}.png`, join(folder, `images/${name}.png`));
    mkdirSync(join(folder, 'allsym'));
    for (const name of ['a', 'b', 'c'])
      symlinkSync(`../real/${name}.png`, join(folder, `allsym/${name}.png`));
    mkdirSync(join(folder, 'masks'));
    symlinkSync('../realmasks/Edema', join(folder, 'masks/Edema'));
    for (const images of ['images', 'allsym']) {
      const loaded = await load(folder, { folder: images, masks: 'masks' });
      expect([loaded.images.ids, loaded.masks.classes]).toEqual([['a', 'b', 'c'], ['Edema']]);
    }
  });

  test('[N29] files that macOS leaves behind are counted, not read', async () => {
    const { images, logs } = await load(join(cases, '11-appledouble'));
    expect(images.ids).toEqual(['a']);
    expect(logs).toEqual([
      '1 PNG or JPEG files; left out: 2 files of the system (.DS_Store, ._a.png)',
    ]);
  });

  test('[N29] an image is found by its content where its name says nothing', async () => {
    const folder = copyCase('13-labels');
    cpSync(join(folder, 'images/a.png'), join(folder, 'images/d'));
    cpSync(join(folder, 'images/a.png'), join(folder, 'images/e.bak'));
    writeFileSync(join(folder, 'images/f.tif'), 'II*\0');
    writeFileSync(join(folder, 'images/notes.txt'), 'hello');
    mkdirSync(join(folder, 'images/more'));
    const { images, logs } = await load(folder);
    expect(images.ids).toEqual(['a', 'b', 'c', 'd', 'e.bak']);
    expect(logs).toEqual([
      '5 PNG or JPEG files; left out: 1 sub-folders (more), 1 TIFF files (f.tif), 1 that are no PNG or JPEG files (notes.txt)',
    ]);
  });

  test('[N29] a DICOM file needs no extension, and may be a link', async () => {
    const folder = copyCase('37-folder');
    symlinkSync('../ext/x.dcm', join(folder, 'dicom/link.dcm'));
    writeFileSync(join(folder, 'dicom/report.pdf'), '%PDF-1.4');
    // IM1 has no preamble.
    writeFileSync(join(folder, 'dicom/IM1'), readFileSync(join(folder, 'dicom/IM2')));
    const { images, logs } = await load(folder, {}, dicomFolder);
    expect(images.ids).toEqual(['IM1', 'IM2', 'a', 'b', 'c', 'link']);
    expect(logs).toEqual(['6 DICOM files; left out: 1 that are no DICOM files (report.pdf)']);
  });
});

describe('masks', () => {
  const areasOf = ({ masks: { counts } }: Loaded) =>
    counts.map(([rle]) => (rle === null || rle === undefined ? rle : rleArea(rle)));

  test.each([
    ['03-palette', 'masks', 'Edema: foreground is what is not 0 (2 masks hold values 0 and 1)'],
    ['03-palette', 'masks2', 'Edema: foreground is what is not 0 (2 masks hold values 0 and 1)'],
    ['12-mask16', 'masks', 'Edema: foreground is what is not 0 (2 masks hold values 0 and 255)'],
  ])(
    '[N3] %s: %s have 128 pixels of foreground each, and the log says why',
    async (name, masks, said) => {
      const loaded = await load(join(cases, name), { masks });
      expect(areasOf(loaded)).toEqual([128, 128]);
      expect(loaded.logs).toContain(said);
    },
  );

  test('[N3] a mask of other values than the rest is named with them, and is never empty', async () => {
    const folder = copyCase('13-labels');
    const write = (name: string, white: number) =>
      writeMask(join(folder, 'masks/Edema', name), (x) => (x < 8 ? white : 0));
    await write('a.png', 255);
    await write('b.png', 255);
    await write('c.png', 1);
    await expect(load(folder, { masks: 'masks' })).rejects.toThrow(
      /Edema\/c\.png: expected values 0 and 255, as 2 of 3 masks of Edema hold, got values 0 and 1$/,
    );
    const loaded = await load(folder, { masks: 'masks', maskForeground: 'nonzero' });
    expect(areasOf(loaded)).toEqual([128, 128, 128]);
  });

  test('[N38] a mask that is turned against its image is refused; turned alike, both stay as stored', async () => {
    const folder = copyCase('07-exif');
    await expect(load(folder, { folder: 'o3', masks: 'masks' })).rejects.toThrow(
      /Heart\/x\.png: expected a mask of EXIF orientation 3, as its image has, got 1/,
    );
    const turned = await sharp(join(folder, 'masks/Heart/x.png'))
      .withMetadata({ orientation: 3 })
      .toBuffer();
    writeFileSync(join(folder, 'masks/Heart/x.png'), turned);
    const loaded = await load(folder, { folder: 'o3', masks: 'masks' });
    expect(areasOf(loaded)).toEqual([256]);
  });
});

async function writeMask(path: string, pixel: (x: number) => number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const data = Uint8Array.from({ length: 256 }, (_, i) => pixel(i % 16));
  await sharp(data, { raw: { width: 16, height: 16, channels: 1 } }).toFile(path);
}

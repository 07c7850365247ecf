import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodeRle, type Images, type Labels, type Masks } from '@radiograph/kinds';
import {
  createTemporaryFolder,
  createTestContext,
  type DicomFile,
  writeDicom,
} from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { dicomFolder } from './dicom-folder.ts';

function write(folder: string, name: string, file: Partial<DicomFile> = {}): void {
  const path = join(folder, 'dicom', name);
  mkdirSync(dirname(path), { recursive: true });
  const pixels = Array.from({ length: 16 * 32 }, (_, i) => (i % 32) * 8);
  writeFileSync(path, writeDicom({ size: [16, 32], pixels, ...file }));
}

type Loaded = { readonly images: Images; readonly labels: Labels; readonly masks: Masks };
async function load(folder: string, options: Record<string, unknown> = {}): Promise<Loaded> {
  const params = dicomFolder.params.parse({ size: 16, ...options });
  const context = createTestContext({ resolvePath: (path) => join(folder, path) });
  return (await dicomFolder.run({}, params, context)) as Loaded;
}

describe('core.dicom-folder', () => {
  test('[N21] finds files by extension or content, and keeps the way back to their pixels', async () => {
    const folder = createTemporaryFolder();
    write(folder, 'b/IM0001', { photometric: 'MONOCHROME1' });
    write(folder, 'a.dcm');
    writeFileSync(join(folder, 'dicom/README'), 'not DICOM');
    writeFileSync(join(folder, 'dicom/notes.txt'), 'not DICOM either');

    const { images, labels, masks } = await load(folder);
    expect(images).toMatchObject({
      ids: ['a', 'b_IM0001'],
      bitDepth: 8,
      originalSizes: [
        [16, 32],
        [16, 32],
      ],
    });
    expect(images.frames[0]).toEqual({ scaleX: 2, scaleY: 2, offsetX: -0, offsetY: -8 });
    const row = (image: number) => [
      ...images.pixels.subarray(image * 256 + 4 * 16, image * 256 + 5 * 16),
    ];
    expect(row(0)).toEqual(Array.from({ length: 16 }, (_, x) => 16 * x + 4));
    expect(row(1)).toEqual(row(0).map((value) => 255 - value));
    expect([labels.classes, masks.classes]).toEqual([[], []]);
  });

  test('[N21] keeps 16 bits if every file stores more than 8', async () => {
    const folder = createTemporaryFolder();
    const deep = {
      bitsAllocated: 16,
      bitsStored: 12,
      size: [16, 16] as const,
      pixels: Array(256).fill(4095),
    };
    write(folder, 'a.dcm', deep);
    const { images } = await load(folder);
    expect([images.bitDepth, images.pixels[0]]).toEqual([16, 65535]);
    write(folder, 'b.dcm');
    expect((await load(folder)).images.bitDepth).toBe(8);
  });

  test('[N22] patients come from the attribute or the file; labels and masks are joined by id', async () => {
    const folder = createTemporaryFolder();
    write(folder, 'a.dcm', { patientId: 'P1' });
    write(folder, 'b.dcm', { patientId: 'P1' });
    write(folder, 'c.dcm');
    expect((await load(folder)).images.patientIds).toEqual(['P1', 'P1', 'c']);
    expect((await load(folder, { patient: 'file' })).images.patientIds).toEqual(['a', 'b', 'c']);
    writeFileSync(join(folder, 'labels.csv'), 'name,Edema\na.dcm,1\nb.dcm,0\nc.dcm,\n');
    mkdirSync(join(folder, 'masks/Edema'), { recursive: true });
    for (const id of ['a', 'b', 'c'])
      await sharp(new Uint8Array(16 * 32).fill(255), {
        raw: { width: 32, height: 16, channels: 1 },
      }).toFile(join(folder, `masks/Edema/${id}.png`));
    const { labels, masks } = await load(folder, { labels: 'labels.csv', masks: 'masks' });
    expect(labels).toEqual({
      ids: ['a', 'b', 'c'],
      classes: ['Edema'],
      values: [[1], [0], [null]],
    });
    expect(decodeRle(masks.counts[2]![0]!, 16, 32)).toEqual(new Uint8Array(512).fill(1));
  });

  test('[N24] the run lengths of SIIM-ACR are masks: rows of one image joined, no row as missingMasks says', async () => {
    const folder = createTemporaryFolder();
    for (const name of ['a', 'b', 'c'])
      write(folder, `${name}.dcm`, { size: [3, 4], pixels: Array(12).fill(0) });
    const csv = (text: string) => writeFileSync(join(folder, 'train-rle.csv'), text);
    csv('ImageId, EncodedPixels\na, 1 2\na, 7 1\nb, -1\n');

    await expect(load(folder, { masks: 'train-rle.csv' })).rejects.toThrow(
      'train-rle.csv: expected a row for image c, got none',
    );
    const options = { masks: 'train-rle.csv', missingMasks: 'not-annotated' };
    const { masks } = await load(folder, options);
    expect(masks.classes).toEqual(['Pneumothorax']);
    // column-major: pixels 1 and 2 are rows 1 and 2 of the first column, pixel 7 is row 1 of the third
    expect([...decodeRle(masks.counts[0]![0]!, 3, 4)]).toEqual([
      0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0,
    ]);
    expect(decodeRle(masks.counts[1]![0]!, 3, 4).includes(1)).toBe(false);
    expect(masks.counts[2]).toEqual([null]);
    const empty = await load(folder, { ...options, missingMasks: 'empty' });
    expect(decodeRle(empty.masks.counts[2]![0]!, 3, 4).includes(1)).toBe(false);
    const left = await load(folder, { ...options, missingMasks: 'leave-out' });
    expect([left.images.ids, left.masks.ids]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    csv('ImageId, EncodedPixels\na, 1 2\na, 10 9\n');
    await expect(load(folder, options)).rejects.toThrow(
      'train-rle.csv line 3: EncodedPixels: expected runs within 3x4 pixels',
    );
    csv('name,pixels\n');
    await expect(load(folder, { masks: 'train-rle.csv' })).rejects.toThrow(
      'expected a column one of name, pixels, got ImageId',
    );
  });

  test('[N23] files that cannot be read are named, all at once', async () => {
    const folder = createTemporaryFolder();
    await expect(load(folder)).rejects.toThrow('dicom: expected a folder of DICOM files');
    write(folder, 'a.dcm', { samples: 3, photometric: 'RGB' });
    write(folder, 'b.dcm');
    writeFileSync(join(folder, 'dicom/c.dcm'), 'short');
    await expect(load(folder)).rejects.toThrow(
      /a\.dcm: expected one grey sample per pixel, got 3 of RGB color\n.*c\.dcm: expected a whole DICOM file/,
    );
    write(folder, 'a.dcm', { transferSyntax: '1.2.840.10008.1.2.4.80' });
    writeFileSync(join(folder, 'dicom/c.dcm'), writeDicom({ size: [99, 99], pixels: [1] }));
    await expect(load(folder)).rejects.toThrow(
      /expected JPEG-LS pixels[\s\S]*expected 9801 bytes of pixels/,
    );
    write(folder, 'b');
    await expect(load(folder)).rejects.toThrow(
      'b.dcm: expected one file per id, got a second b (beside b)',
    );
  });
});

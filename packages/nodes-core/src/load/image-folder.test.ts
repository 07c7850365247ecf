import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RadiographError } from '@radiograph/graph';
import { decodeRle, type Images, type Labels, type Masks } from '@radiograph/kinds';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { imageFolder } from './image-folder.ts';

type Picture = {
  readonly width: number;
  readonly height: number;
  readonly pixel: (x: number, y: number) => number;
};

async function write(path: string, { width, height, pixel }: Picture): Promise<void> {
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    pixel(i % width, Math.floor(i / width)),
  );
  mkdirSync(join(path, '..'), { recursive: true });
  await sharp(data, { raw: { width, height, channels: 1 } }).toFile(path);
}

const ramp: Picture = { width: 32, height: 16, pixel: (x) => x * 8 };
/** White at the left, black at the right, an edge of one pixel that is above half of white in the upper rows. */
const leftHalf: Picture = {
  width: 32,
  height: 16,
  pixel: (x, y) => (x < 15 ? 255 : x > 15 ? 0 : 135 - y),
};

async function load(folder: string, options: Record<string, unknown> = {}) {
  const params = imageFolder.params.parse({ folder: 'images', size: 16, ...options });
  const context = createTestContext({ resolvePath: (path) => join(folder, path) });
  return (await imageFolder.run({}, params, context)) as {
    images: Images;
    labels: Labels;
    masks: Masks;
  };
}

/** What loading says, with the temporary folder cut out. */
async function problemsOf(
  folder: string,
  options: Record<string, unknown> = {},
): Promise<string[]> {
  const error: unknown = await load(folder, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RadiographError))
    throw new Error(`expected a RadiographError, got ${String(error)}`);
  expect(error.code).toBe('data');
  return error.message.replaceAll(`${folder}/`, '').split('\n');
}

describe('core.image-folder', () => {
  test('[N1] letterboxes images in the order of their names and keeps the way back', async () => {
    const folder = createTemporaryFolder();
    await write(join(folder, 'images/b.png'), ramp);
    await write(join(folder, 'images/a.jpg'), { ...ramp, pixel: () => 200 });
    writeFileSync(join(folder, 'images/notes.txt'), 'not an image');

    const { images, labels, masks } = await load(folder);

    expect(images).toMatchObject({
      ids: ['a', 'b'],
      patientIds: ['a', 'b'],
      height: 16,
      width: 16,
      bitDepth: 8,
      originalSizes: [
        [16, 32],
        [16, 32],
      ],
    });
    expect(images.frames[1]).toEqual({ scaleX: 2, scaleY: 2, offsetX: -0, offsetY: -8 });
    const row = (image: number, y: number) => [
      ...images.pixels.subarray(image * 256 + y * 16, image * 256 + y * 16 + 16),
    ];
    expect(row(1, 3)).toEqual(Array(16).fill(0));
    expect(row(1, 4)).toEqual(Array.from({ length: 16 }, (_, x) => 16 * x + 4));
    expect(Math.abs(row(0, 8)[5]! - 200)).toBeLessThanOrEqual(2);
    expect([labels.classes, masks.classes]).toEqual([[], []]);
  });

  test('[N2] keeps 16 bits if every file has them', async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'images'));
    const deep = Uint16Array.from({ length: 256 }, (_, i) => i * 257);
    await sharp(deep, { raw: { width: 16, height: 16, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toFile(join(folder, 'images/deep.png'));

    expect((await load(folder)).images).toMatchObject({ bitDepth: 16, pixels: deep });
    await write(join(folder, 'images/flat.png'), { width: 16, height: 16, pixel: () => 7 });
    const { images } = await load(folder);
    expect(images.bitDepth).toBe(8);
    expect([...images.pixels.subarray(0, 256)]).toEqual([...deep].map((value) => value / 257));
  });

  test('[N3] masks stay in original pixels; above half of white is foreground where edges are smooth', async () => {
    const folder = createTemporaryFolder();
    await write(join(folder, 'images/a.png'), ramp);
    await write(join(folder, 'masks/heart/a.png'), leftHalf);

    const { masks } = await load(folder, { masks: 'masks' });

    expect(masks).toMatchObject({
      ids: ['a'],
      classes: ['heart'],
      source: 'expert',
      sizes: [[16, 32]],
    });
    const row = (width: number) => [...Array(width).fill(1), ...Array(32 - width).fill(0)];
    const mask = decodeRle(masks.counts[0]![0]!, 16, 32);
    expect([...mask.subarray(7 * 32, 9 * 32)]).toEqual([...row(16), ...row(15)]);
  });

  test('[N4] labels come from columns of 1, 0, -1 and blank, or by rules from numbers', async () => {
    const folder = createTemporaryFolder();
    for (const name of ['a', 'b', 'c']) await write(join(folder, `images/${name}.png`), ramp);
    writeFileSync(
      join(folder, 'labels.csv'),
      '\uFEFFname,ratio,Edema,"View, side"\r\nb.png,0.5,,PA\r\na,0.71,-1.0,"A""P"\r\nc.png,,1,\r\n',
    );

    expect((await load(folder, { labels: 'labels.csv' })).labels).toEqual({
      ids: ['a', 'b', 'c'],
      classes: ['Edema'],
      values: [[-1], [null], [1]],
    });
    const byRule = await load(folder, {
      labels: 'labels.csv',
      labelRules: ['ratio > 0.5', 'wide = ratio >= 0.5'],
    });
    expect(byRule.labels.classes).toEqual(['ratio > 0.5', 'wide']);
    expect(byRule.labels.values).toEqual([
      [1, 1],
      [0, 1],
      [null, null],
    ]);
  });

  test('finds patients by the pattern, and keeps the first files by the limit', async () => {
    const folder = createTemporaryFolder();
    for (const name of ['p1_a', 'p1_b', 'p2_a'])
      await write(join(folder, `images/${name}.png`), ramp);

    expect((await load(folder, { patientPattern: '^(p\\d)_' })).images.patientIds).toEqual([
      'p1',
      'p1',
      'p2',
    ]);
    expect((await load(folder, { limit: 2 })).images.ids).toEqual(['p1_a', 'p1_b']);
    expect(await problemsOf(folder, { patientPattern: '^(q)' })).toEqual([
      'p1_a.png: expected a file name that matches patientPattern ^(q)',
    ]);
  });

  test('[N5] missing, empty and damaged files are named, all at once', async () => {
    const folder = createTemporaryFolder();
    expect(await problemsOf(folder)).toEqual([
      'images: expected a folder of PNG or JPEG files, got nothing: there is no such folder',
    ]);
    mkdirSync(join(folder, 'images'));
    writeFileSync(join(folder, 'images/notes.txt'), '');
    expect(await problemsOf(folder)).toEqual([
      'images: expected PNG or JPEG files, got none; left out: 1 that are no PNG or JPEG files (notes.txt)',
    ]);

    const noise: Picture = { width: 64, height: 64, pixel: (x, y) => (x * 37 + y * 91) % 251 };
    for (const name of ['good.png', 'cut.png', 'cut.jpg']) {
      await write(join(folder, 'images', name), noise);
      if (name.startsWith('cut')) {
        const bytes = await sharp(join(folder, 'images', name)).toBuffer();
        writeFileSync(
          join(folder, 'images', name),
          bytes.subarray(0, Math.floor(bytes.length * 0.6)),
        );
      }
    }
    writeFileSync(join(folder, 'images/words.png'), 'this is no image');
    const problems = await problemsOf(folder, { limit: 0 }).catch((error: unknown) => [
      String(error),
    ]);
    expect(problems.join('\n')).toContain(
      'images/cut.png: expected one file per id, got a second cut',
    );
  });

  test('[N5] a truncated PNG, a truncated JPEG and a text file are three problems', async () => {
    const folder = createTemporaryFolder();
    const noise: Picture = { width: 64, height: 64, pixel: (x, y) => (x * 37 + y * 91) % 251 };
    for (const name of ['good.png', 'one.png', 'two.jpg']) {
      await write(join(folder, 'images', name), noise);
      const bytes = await sharp(join(folder, 'images', name)).toBuffer();
      if (name !== 'good.png')
        writeFileSync(
          join(folder, 'images', name),
          bytes.subarray(0, Math.floor(bytes.length * 0.6)),
        );
    }
    writeFileSync(join(folder, 'images/words.png'), 'this is no image');

    const problems = await problemsOf(folder);

    expect(problems.map((line) => line.split(', got: ')[0])).toEqual([
      'images/one.png: expected a whole PNG or JPEG image',
      'images/two.jpg: expected a whole PNG or JPEG image',
      'images/words.png: expected a whole PNG or JPEG image',
    ]);
  });

  test('[N6] an image without a mask, a mask of another size and a class without foreground are errors', async () => {
    const folder = createTemporaryFolder();
    for (const name of ['a', 'b', 'c']) await write(join(folder, `images/${name}.png`), ramp);
    await write(join(folder, 'masks/heart/a.png'), leftHalf);
    await write(join(folder, 'masks/heart/b.png'), { ...leftHalf, width: 30 });
    expect(await problemsOf(folder, { masks: 'masks' })).toEqual([
      'masks/heart/c.png: expected a mask for image c, got none (missingMasks says what else to do)',
    ]);
    expect(await problemsOf(folder, { masks: 'masks', missingMasks: 'empty' })).toEqual([
      "masks/heart/b.png: expected a mask of the image's size 32x16, got 30x16",
    ]);

    for (const name of ['a', 'b', 'c'])
      await write(join(folder, `empty/lung/${name}.png`), { ...ramp, pixel: () => 0 });
    expect(await problemsOf(folder, { masks: 'empty' })).toEqual([
      'empty/lung: expected class lung to have at least one foreground pixel, got 3 empty masks',
    ]);
    expect(await problemsOf(folder, { masks: 'empty', maskClasses: ['heart'] })).toEqual([
      'empty/heart: expected a folder of masks, got none (there are lung)',
    ]);
    expect(await problemsOf(folder, { masks: 'nowhere' })).toEqual([
      'nowhere: expected a folder with one sub-folder of masks per class, got nothing: there is no such folder',
    ]);
  });

  test('[N7] a CSV that lacks a column, a row or a number says where', async () => {
    const folder = createTemporaryFolder();
    for (const name of ['a', 'b']) await write(join(folder, `images/${name}.png`), ramp);
    writeFileSync(join(folder, 'labels.csv'), 'image,ratio\na.png,wide\n');

    expect(await problemsOf(folder, { labels: 'labels.csv', labelRules: ['ratio > 0.5'] })).toEqual(
      [
        'labels.csv: expected a row for image b, got none (missingRows says what else to do)',
        'labels.csv line 2, column ratio: expected a number with a decimal point, or blank, got "wide"',
      ],
    );
    expect(
      (await problemsOf(folder, { labels: 'labels.csv', labelRules: ['ration > 0.5'] }))[0],
    ).toContain('expected a column one of ratio, image, got ration');
    writeFileSync(join(folder, 'short.csv'), 'image,ratio\na.png\n');
    expect(await problemsOf(folder, { labels: 'short.csv' })).toEqual([
      'short.csv line 2: expected 2 cells, as the header has, got 1',
    ]);
    expect((await problemsOf(folder, { labels: 'none.csv' }))[0]).toContain(
      'none.csv: expected a CSV file',
    );
  });

  test('a rule or a pattern that cannot be read is refused before anything is loaded', () => {
    expect(imageFolder.params.safeParse({ labelRules: ['ratio above half'] }).success).toBe(false);
    expect(imageFolder.params.safeParse({ patientPattern: '(' }).success).toBe(false);
    expect(imageFolder.params.safeParse({ patientPattern: 'no group' }).success).toBe(false);
  });
});

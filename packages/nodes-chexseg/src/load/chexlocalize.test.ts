import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SourceList } from '@radiograph/graph';
import {
  decodeRle,
  emptyRle,
  encodeRle,
  frameOf,
  type Images,
  type Labels,
  type Masks,
  maskInFrame,
  rleArea,
  type Size,
  type Table,
} from '@radiograph/kinds';
import { createTemporaryFolder, createTestContext } from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { findings } from '../phantom/finding.ts';
import { phantom } from '../phantom/phantom-node.ts';
import { writePhantom } from '../phantom/write-phantom.ts';
import { fillHoles } from '../pseudo/fill-holes.ts';
import { chexlocalize } from './chexlocalize.ts';

type Loaded = {
  readonly images: Images;
  readonly labels: Labels;
  readonly masks: Masks;
  readonly reader1: Masks;
  readonly reader2: Masks;
  readonly salientPoints: Table;
};
async function load(root: string, options: Record<string, unknown> = {}): Promise<Loaded> {
  const folders = { folder: join(root, 'masks'), chexpert: join(root, 'images') };
  const params = chexlocalize.params.parse({ ...folders, size: 32, ...options });
  return (await chexlocalize.run({}, params, createTestContext())) as Loaded;
}
const problemOf = async (root: string, options: Record<string, unknown> = {}) => {
  const error: unknown = await load(root, options).catch((reason: unknown) => reason);
  return String(error).replaceAll(`${root}/`, '');
};

const id = 'patient64541_study1_view1_frontal';
const file = 'patient64541/study1/view1_frontal.jpg';
/** Heart in a radiograph of 60 x 120 pixels: rows 20 to 39, columns 30 to 89. */
const corners = [
  [30, 20],
  [89, 20],
  [89, 39],
  [30, 39],
];
const heart = Uint8Array.from({ length: 60 * 120 }, (_, i) => {
  const [x, y] = [i % 120, Math.floor(i / 120)];
  return x >= 30 && x < 90 && y >= 20 && y < 40 ? 1 : 0;
});

function writeJson(root: string, name: string, value: unknown): void {
  mkdirSync(join(root, 'masks'), { recursive: true });
  writeFileSync(join(root, 'masks', name), JSON.stringify(value));
}

/** The radiograph with a bright heart, perhaps as a smaller copy. */
async function writeImage(
  root: string,
  name = `val/${file}`,
  [height, width]: Size = [60, 120],
): Promise<void> {
  const path = join(root, 'images', name);
  mkdirSync(dirname(path), { recursive: true });
  const pixels = heart.map((value) => value * 200);
  await sharp(pixels, { raw: { width: 120, height: 60, channels: 1 } })
    .resize({ width, height, kernel: 'nearest', fit: 'fill' })
    .jpeg({ quality: 100 })
    .toFile(path);
}

describe('chexseg.chexlocalize', () => {
  test('[C74] polygons and run lengths give the same masks; what is not drawn is empty', async () => {
    const root = createTemporaryFolder();
    await writeImage(root);
    writeJson(root, 'gt_annotations_val.json', {
      [id]: { img_size: [60, 120], Cardiomegaly: [corners] },
    });
    const none = { size: [60, 120], counts: emptyRle(60, 120) };
    const rows = findings.map((name) => [
      name,
      name === 'Cardiomegaly' ? { ...none, counts: encodeRle(heart, 60, 120) } : none,
    ]);
    writeJson(root, 'gt_segmentations_val.json', { [id]: Object.fromEntries(rows) });

    const drawn = await load(root, { truth: 'annotations' });
    expect(drawn).toEqual(await load(root));
    expect(drawn.images).toMatchObject({
      ids: [id],
      patientIds: ['patient64541'],
      originalSizes: [[60, 120]],
    });
    expect(drawn.masks).toMatchObject({
      ids: [id],
      classes: findings,
      source: 'expert',
      sizes: [[60, 120]],
    });
    expect(decodeRle(drawn.masks.counts[0]![1]!, 60, 120)).toEqual(heart);
    expect(drawn.masks.counts[0]!.map((rle) => rleArea(rle!))).toEqual([
      0, 1200, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(drawn.labels.values).toEqual([[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]]);
    expect([drawn.reader1.ids, drawn.salientPoints.rows]).toEqual([[], []]);
  });

  test.each([
    ['the radiograph itself', [60, 120], 0],
    ['a copy of half the size', [30, 60], 0],
    ['a copy of an odd size', [41, 83], 40],
  ] as const)('[C75] masks lie on what they outline in %s', async (_, size, border) => {
    const root = createTemporaryFolder();
    await writeImage(root, `valid/${file}`, size);
    writeJson(root, 'gt_annotations_val.json', {
      [id]: { img_size: [60, 120], Cardiomegaly: [corners] },
    });

    const { images, masks } = await load(root, { truth: 'annotations', size: 60 });
    const stored = { counts: masks.counts[0]![1]!, size: masks.sizes[0]!, frame: masks.frames[0]! };
    const mask = maskInFrame(stored, frameOf(images, 0));
    expect(rleArea(encodeRle(mask, 60, 60))).toBe(300); // 30 x 10, half of 60 x 20
    const wrong = mask.filter((value, i) => (value === 1) !== images.pixels[i]! > 120).length;
    expect(wrong).toBeLessThanOrEqual(border);
  });

  test('[C75] an image of another shape, and masks of another size than the truth, are errors', async () => {
    const root = createTemporaryFolder();
    await writeImage(root, `val/${file}`, [60, 100]);
    writeJson(root, 'gt_annotations_val.json', {
      [id]: { img_size: [60, 120], Cardiomegaly: [corners] },
    });
    expect(await problemOf(root, { truth: 'annotations' })).toContain(
      'view1_frontal.jpg: expected 60x120 pixels (height x width), or a smaller copy of that shape, got 60x100',
    );
    await writeImage(root);
    writeJson(root, 'hb.json', { [id]: { Edema: { size: [60, 60], counts: emptyRle(60, 60) } } });
    expect(await problemOf(root, { truth: 'annotations', reader1: 'hb.json' })).toContain(
      `masks/hb.json > ${id}: expected masks of 60x120 pixels, as the truth has, got 60x60`,
    );
  });

  test('[C70] images count by content: those that the truth lists, or all of the folder as it is now', async () => {
    const root = createTemporaryFolder();
    await writeImage(root);
    writeJson(root, 'gt_annotations_val.json', {
      [id]: { img_size: [60, 120], Cardiomegaly: [corners] },
    });
    const listed = async (images: string) => {
      const folders = { folder: join(root, 'masks'), chexpert: join(root, 'images') };
      const params = chexlocalize.params.parse({ ...folders, truth: 'annotations', images });
      const list = chexlocalize.sources(params).at(-1) as SourceList;
      return { names: await list.list((path) => path), isStable: list.from !== undefined };
    };

    await writeImage(root, 'val/patient1/study1/view1_frontal.jpg');
    expect(await listed('annotated')).toEqual({ names: [`val/${file}`], isStable: true });
    expect(await listed('all')).toEqual({
      names: ['val/patient1/study1/view1_frontal.jpg', `val/${file}`],
      isStable: false,
    });
  });

  test('[C73] damaged files are named by image and finding', async () => {
    const root = createTemporaryFolder();
    await writeImage(root);
    const problem = async (truth: string, value: unknown) => {
      writeJson(root, `gt_${truth}_val.json`, value);
      return problemOf(root, { truth });
    };
    const rle = { size: [2, 2], counts: emptyRle(2, 2) };
    expect(await problem('segmentations', { [id]: { Heart: rle } })).toContain(
      `${id} > Heart: expected`,
    );
    expect(await problem('segmentations', { [id]: { Edema: { ...rle, counts: '9' } } })).toContain(
      `${id} > Edema: expected runs of 4 pixels, got 9`,
    );
    expect(
      await problem('segmentations', {
        [id]: { Edema: rle, Pneumothorax: { ...rle, size: [2, 3] } },
      }),
    ).toContain("> Pneumothorax: expected the image's size 2x2, got 2x3");
    expect(await problem('annotations', { [id]: { Edema: [corners] } })).toContain(
      `${id} > img_size: `,
    );
    expect(
      await problem('annotations', { [id]: { img_size: [60, 120], Edema: [[['a', 1]]] } }),
    ).toContain('> Edema');
    writeFileSync(join(root, 'masks/gt_annotations_val.json'), '{"patient');
    expect(await problemOf(root, { truth: 'annotations' })).toContain(
      'gt_annotations_val.json: expected JSON, got',
    );
    expect(await problemOf(root, { set: 'test' })).toContain(
      'gt_segmentations_test.json: expected a file of CheXlocalize',
    );
  });
});

describe('the phantom as files', () => {
  test('[C27] comes back as it was drawn: images, labels, masks with holes filled, readers, points', async () => {
    const root = createTemporaryFolder();
    await writePhantom({ folder: root, patients: 10, size: 48, seed: 7 });
    const drawn = (await phantom.run(
      {},
      phantom.params.parse({ patients: 10, size: 48 }),
      createTestContext({ seed: 7 }),
    )) as Omit<Loaded, 'salientPoints'>;
    const folders = {
      folder: join(root, 'CheXlocalize-phantom'),
      chexpert: join(root, 'CheXpert-phantom'),
      size: 48,
    };
    const readers = {
      reader1: 'hb_segmentations_test.json',
      reader2: 'hb2_segmentations_test.json',
    };

    const loaded = await load(root, {
      ...folders,
      ...readers,
      set: 'test',
      images: 'all',
      labels: 'test_labels.csv',
      salientPoints: 'hb_salient_pt_test.json',
    });

    expect(loaded.images.ids).toEqual(drawn.images.ids.slice(8));
    expect(loaded.labels).toEqual({
      ...drawn.labels,
      ids: loaded.images.ids,
      values: drawn.labels.values.slice(8),
    });
    const filled = drawn.masks.counts
      .slice(8)
      .map((row) =>
        row.map((rle) => encodeRle(fillHoles(decodeRle(rle!, 48, 48), 48, 48), 48, 48)),
      );
    expect(loaded.masks.counts).toEqual(filled);
    expect(loaded.reader1.counts).toEqual(drawn.reader1.counts.slice(8));
    expect(loaded.reader2.counts).toEqual(drawn.reader2.counts.slice(8));
    const names: readonly string[] = findings;
    for (const [image, finding, x, y] of loaded.salientPoints.rows) {
      const mask =
        loaded.reader1.counts[loaded.reader1.ids.indexOf(String(image))]![
          names.indexOf(String(finding))
        ]!;
      expect(decodeRle(mask, 48, 48)[Number(y) * 48 + Number(x)]).toBe(1);
    }
    expect(loaded.salientPoints.rows.length).toBeGreaterThan(0);
    const was = [...drawn.images.pixels.subarray(8 * 48 * 48)];
    const difference = was.reduce((sum, p, i) => sum + Math.abs(p - loaded.images.pixels[i]!), 0);
    expect(difference / loaded.images.pixels.length).toBeLessThan(3); // JPEG

    const annotated = await load(root, { ...folders, truth: 'annotations', set: 'test' });
    const rows = annotated.masks.ids.map((image) => filled[loaded.images.ids.indexOf(image)]);
    expect(annotated.masks.counts).toEqual(rows);
    const truth = JSON.parse(
      readFileSync(join(root, 'CheXlocalize-phantom/gt_segmentations_test.json'), 'utf8'),
    ) as object;
    expect(annotated.images.ids).toEqual(Object.keys(truth));
  });
});

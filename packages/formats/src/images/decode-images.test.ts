import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Size } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { createTemporaryFolder } from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Decoding, ImageFile } from './decode-block.ts';
import { decodeImages } from './decode-images.ts';
import { letterboxImage } from './letterbox-image.ts';
import { readGreyImage } from './read-image.ts';

/** Soft shapes and some noise, as a radiograph has. */
function draw([height, width]: Size): Uint8Array {
  const random = createRandom(1, 'picture', height, width);
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [(i % width) / width, Math.floor(i / width) / height];
    return 120 + 80 * Math.sin(7 * x) * Math.cos(5 * y) + 6 * random.normal();
  });
}

const picture = ([height, width]: Size) =>
  sharp(draw([height, width]), { raw: { width, height, channels: 1 } });

async function decodeAll(
  files: readonly ImageFile[],
  { bitDepth = 8, decoding = 'exact' }: { bitDepth?: 8 | 16; decoding?: Decoding } = {},
) {
  const decoded: (number[] | string)[] = [];
  for await (const image of decodeImages(files, { size: 64, bitDepth, decoding }, 2))
    decoded.push(
      'pixels' in image ? [...image.pixels] : image.problems.map((p) => p.message).join(),
    );
  return decoded;
}

/** The slow way, one file after another on this thread. */
async function decodeAlone(path: string, bitDepth: 8 | 16): Promise<number[]> {
  return [...letterboxImage(await readGreyImage(path), [64, 64], bitDepth)];
}

describe('decodeImages', () => {
  test.each([8, 16] as const)(
    'files of every make come out as libvips decodes them, into %i bits',
    async (bitDepth) => {
      const folder = createTemporaryFolder();
      const grey = (size: Size) => picture(size).toColourspace('b-w');
      const makes = {
        'baseline.jpg': grey([97, 121]).jpeg({ quality: 90 }),
        'progressive.jpg': grey([120, 64]).jpeg({ progressive: true }),
        'color.jpg': picture([80, 90]).toColourspace('srgb').jpeg(),
        'profile.jpg': grey([80, 90]).withIccProfile('p3').jpeg(),
        'grey.png': grey([30, 200]).png(),
        'deep.png': picture([90, 70]).toColourspace('grey16').png(),
        'one-pixel.jpg': grey([1, 1]).jpeg(),
      };
      const paths: string[] = [];
      for (const [name, image] of Object.entries(makes)) {
        paths.push(join(folder, name));
        await image.toFile(join(folder, name));
      }

      const decoded = await decodeAll(
        paths.map((path) => ({ path })),
        { bitDepth },
      );
      for (const [i, path] of paths.entries())
        expect(decoded[i], path).toEqual(await decodeAlone(path, bitDepth));
    },
  );

  test('fast is close to exact on large images, and exact on those that are not', async () => {
    const folder = createTemporaryFolder();
    const [large, small] = [join(folder, 'large.jpg'), join(folder, 'small.jpg')];
    await picture([900, 1100]).toColourspace('b-w').jpeg().toFile(large);
    await picture([100, 120]).toColourspace('b-w').jpeg().toFile(small);
    const files = [{ path: large }, { path: small }];
    const exact = (await decodeAll(files)) as number[][];
    const fast = (await decodeAll(files, { decoding: 'fast' })) as number[][];

    expect(fast[1]).toEqual(exact[1]);
    const differences = fast[0]!.map((value, i) => Math.abs(value - exact[0]![i]!));
    expect(differences.reduce((a, b) => a + b, 0) / differences.length).toBeLessThan(6); // its noise is averaged away
    expect(fast[0]).not.toEqual(exact[0]);
  });

  test('a damaged, a missing and a misshapen file are told in their places, and the others come', async () => {
    const folder = createTemporaryFolder();
    const path = (name: string) => join(folder, name);
    await picture([80, 90]).toColourspace('b-w').jpeg().toFile(path('whole.jpg'));
    writeFileSync(path('cut.jpg'), readFileSync(path('whole.jpg')).subarray(0, 900));
    const decoded = await decodeAll([
      { path: path('cut.jpg') },
      { path: path('whole.jpg') },
      { path: path('none.jpg') },
      { path: path('whole.jpg'), originalSize: [160, 90] },
    ]);

    expect(decoded[0]).toContain('expected a whole PNG or JPEG image, got');
    expect(decoded[1]).toHaveLength(64 * 64);
    expect(decoded[2]).toContain('expected a whole PNG or JPEG image, got');
    expect(decoded[3]).toBe(
      'expected 160x90 pixels (height x width), or a smaller copy of that shape, got 80x90',
    );
  });

  test('threads give the same images in the same order, whatever is wrong with one', async () => {
    const folder = createTemporaryFolder();
    const files: ImageFile[] = [];
    for (let i = 0; i < 70; i++) {
      const path = join(folder, `${i}.jpg`);
      files.push({ path });
      if (i === 33) writeFileSync(path, 'no image');
      else
        await picture([30 + i, 90])
          .toColourspace('b-w')
          .jpeg()
          .toFile(path);
    }

    const decoded = await decodeAll(files);
    expect(decoded).toHaveLength(70);
    expect(decoded[33]).toContain('expected a whole PNG or JPEG image');
    for (const i of [0, 8, 32, 34, 69])
      expect(decoded[i]).toEqual(await decodeAlone(files[i]!.path, 8));
  });
});

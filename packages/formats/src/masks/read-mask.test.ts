import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  agreeOnForeground,
  describeLevels,
  foregroundPattern,
  parseForeground,
  takeForeground,
} from './find-foreground.ts';
import { type MaskImage, readMask } from './read-mask.ts';

const side = 8;
type Color = readonly number[];

/** An image of 8 x 8 pixels by the place of each. */
function draw(pixel: (x: number, y: number) => Color): Sharp {
  const pixels = Array.from({ length: side * side }, (_, i) =>
    pixel(i % side, Math.floor(i / side)),
  );
  const channels = pixels[0]!.length as 1 | 2 | 3 | 4;
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width: side, height: side, channels } });
}
/** The left half in one color, the right half in another. */
const halves = (left: Color, right: Color) => draw((x) => (x < side / 2 ? left : right));

async function read(image: Sharp, options: Parameters<Sharp['png']>[0] = {}): Promise<MaskImage> {
  const path = join(createTemporaryFolder(), 'mask.png');
  writeFileSync(path, await image.png(options).toBuffer());
  return readMask(path);
}
const foregroundOf = (mask: MaskImage, rule = 'auto') =>
  takeForeground(mask, describeLevels(mask), parseForeground(rule));
const leftHalf = Uint8Array.from({ length: side * side }, (_, i) => (i % side < side / 2 ? 1 : 0));

describe('a mask of two values', () => {
  test.each([
    ['0 and 1', halves([1], [0]), {}],
    ['0 and 255', halves([255], [0]), {}],
    ['0 and 38', halves([38], [0]), {}],
    ['a color on black', halves([200, 0, 40], [0, 0, 0]), {}],
    ['grey in three channels', halves([255, 255, 255], [0, 0, 0]), {}],
    ['a color on nothing', halves([200, 0, 40, 255], [0, 0, 0, 0]), {}],
    ['white on a nothing that is white', halves([255, 255, 255, 255], [255, 255, 255, 0]), {}],
    ['black on nothing', halves([0, 0, 0, 255], [0, 0, 0, 0]), {}],
    ['grey and alpha', halves([255, 255], [0, 255]), {}],
    ['a palette of two', halves([200, 0, 40], [0, 0, 0]), { palette: true, colours: 2 }],
    [
      'a palette of black and white',
      halves([255, 255, 255], [0, 0, 0]),
      { palette: true, colours: 2 },
    ],
  ])('[F30] %s has the other one than black as foreground', async (_, image, options) => {
    const mask = await read(image, options);
    expect(foregroundOf(mask)).toEqual(leftHalf);
  });

  test('[F30] 16 bits keep their values', async () => {
    for (const white of [1, 255, 4095, 65535]) {
      const data = Uint16Array.from(leftHalf, (inside) => inside * white);
      const deep = sharp(data, { raw: { width: side, height: side, channels: 1 } });
      const mask = await read(deep.toColourspace('grey16'));
      expect([mask.levels[0], mask.white]).toEqual([white, white > 255 ? 65535 : 255]);
      expect(foregroundOf(mask)).toEqual(leftHalf);
    }
  });

  test('[F30] a palette counts by index, whatever its colors; black changes places with the first entry', async () => {
    const path = join(createTemporaryFolder(), 'mask.png');
    const image = halves([200, 0, 40], [0, 0, 0]);
    const bytes = await image.png({ palette: true, colours: 2 }).toBuffer();
    const at = bytes.indexOf('PLTE') + 4;
    const levels = async (colors: readonly number[]) => {
      // The chunk's checksum is no part of the file that is decoded in its place.
      writeFileSync(
        path,
        Buffer.concat([bytes.subarray(0, at), Buffer.from(colors), bytes.subarray(at + 6)]),
      );
      const mask = await readMask(path);
      expect(mask.kind).toBe('index');
      return [mask.levels[0]!, mask.levels[side - 1]!] as const;
    };
    const [black, grey] = [
      [0, 0, 0],
      [9, 9, 9],
    ];
    const [left, right] = await levels([...black, ...grey]);
    expect(left + right).toBe(1);
    expect(await levels([...grey, ...black])).toEqual([right, left]);
    expect(await levels([...grey, ...grey])).toEqual([left, right]);
  });
});

describe('agreeOnForeground', () => {
  const formOf = async (path: string, image: Sharp) => ({
    path,
    form: describeLevels(await read(image)),
  });
  const edge = (white: number) =>
    draw((x, y) => [x < 3 ? white : x > 3 ? 0 : white * (0.2 + y / 12)]);

  test('[F31] smooth edges are cut at half of white, and masks with sharp edges fit beside them', async () => {
    const smooth = await read(edge(255));
    expect([...foregroundOf(smooth)].filter((pixel) => pixel === 1)).toHaveLength(3 * 8 + 4);
    const { note, problems } = agreeOnForeground('Edema', [
      await formOf('a', edge(255)),
      await formOf('b', halves([255], [0])),
      await formOf('c', halves([0], [0])),
    ]);
    expect(problems).toEqual([]);
    expect(note).toBe(
      'Edema: foreground is above half of white (2 masks hold values from 0 to white, 1 are empty)',
    );
  });

  test('[F31] one mask of 0 and 1 among those of 0 and 255, sharp or smooth, is named with its values', async () => {
    for (const other of [halves([255], [0]), edge(255)]) {
      const masks = [
        await formOf('a', other),
        await formOf('b', other),
        await formOf('odd', halves([1], [0])),
      ];
      expect(agreeOnForeground('Edema', masks).problems).toEqual([
        {
          path: 'odd',
          message: expect.stringMatching(/as 2 of 3 masks of Edema hold, got values 0 and 1$/),
        },
      ]);
    }
    const tied = [await formOf('a', halves([255], [0])), await formOf('b', halves([1], [0]))];
    expect(agreeOnForeground('Edema', tied).problems.map(({ path }) => path)).toEqual(['a', 'b']);
  });

  test.each([
    ['a map of labels', draw((x) => [Math.floor(x / 3)]), '0, 1, 2'],
    ['three grey levels', draw((x) => [x < 3 ? 0 : x < 6 ? 128 : 255]), '0, 128, 255'],
    [
      'two colors',
      draw((x) => (x < 3 ? [0, 0, 0] : x < 6 ? [255, 0, 0] : [0, 255, 0])),
      '0, #00ff00, #ff0000',
    ],
    ['no background', halves([128], [127]), '127, 128'],
    ['dark shades', draw((x) => [x * 10]), '0, 10, 20, 30, 40, 50, ...'],
  ])('[F31] %s is refused with its values until maskForeground says', async (_, image, values) => {
    const [mask] = [await formOf('m', image)];
    const [problem] = agreeOnForeground('Edema', [mask]).problems;
    expect(problem!.message.replace('#000000', '0')).toContain(
      `got ${values}: maskForeground says`,
    );
  });

  test('[F32] maskForeground: nonzero, above a number, listed values and colors', async () => {
    const labels = await read(draw((x) => [Math.floor(x / 3)]));
    const count = (mask: MaskImage, rule: string) =>
      foregroundOf(mask, rule).filter((pixel) => pixel === 1).length / side;
    expect(['nonzero', '> 1', '1', '1, 2'].map((rule) => count(labels, rule))).toEqual([
      5, 2, 3, 5,
    ]);
    const colors = await read(draw((x) => (x < 3 ? [0, 0, 0] : x < 6 ? [255, 0, 0] : [0, 255, 0])));
    expect(['#ff0000', '#00FF00', '#ff0000, #00ff00'].map((rule) => count(colors, rule))).toEqual([
      3, 2, 5,
    ]);
    expect(['all', '1,', '#ff', ''].some((text) => foregroundPattern.test(text))).toBe(false);
  });
});

test('[F31] what is no image is a data error, and what is not there is not damaged', async () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, 'words.png'), 'no image');
  await expect(readMask(join(folder, 'words.png'))).rejects.toThrow(
    'expected a PNG or JPEG mask, got:',
  );
  await expect(readMask(join(folder, 'none.png'))).rejects.toThrow(
    'got nothing: there is no such file',
  );
  const whole = await halves([200, 0, 40], [0, 0, 0]).png({ palette: true }).toBuffer();
  for (let cut = 8; cut < whole.length - 12; cut += 3) {
    writeFileSync(join(folder, 'cut.png'), whole.subarray(0, cut));
    await expect(readMask(join(folder, 'cut.png')), `${cut} bytes`).rejects.toThrow(
      'cut.png: expected',
    );
  }
});

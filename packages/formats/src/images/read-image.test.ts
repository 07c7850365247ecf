import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage, readGreyImage } from './read-image.ts';

const cases = new URL('../../../../test/cases/', import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(name, cases));
const start = async (name: string, count: number) => [
  ...(await readGreyImage(pathOf(name))).pixels.slice(0, count),
];

const ramp = [4, 20, 36, 52];

describe('decodeImage', () => {
  test.each([
    ['04-png12in16/images/a.png', [0, 273, 546, 819]],
    ['05-alpha/images/a.png', ramp],
    ['05-alpha/images/b.png', ramp],
    ['06-icc/images/a.png', ramp],
    ['06-icc/images/b.png', ramp], // a profile of gamma 1.0
    ['06-icc/images/c.png', ramp], // 1.8
    ['06-icc/images/d.png', ramp], // 2.2
    ['06-icc/images/e.jpg', ramp],
    ['06-icc/images/f.png', ramp],
    ['08-cmyk/images/a.jpg', ramp],
    ['10-bits/images/a.png', [0, 0, 0, 0, 0, 0, 0, 0, 255]],
    ['10-bits/images/b.png', [0, 0, 0, 0, 1]],
    ['10-bits/images/c.png', [0, 17, 34, 51]],
    ['10-bits/images/d.jpg', ramp],
  ])('[F17] %s has the numbers that Pillow gives', async (name, expected) => {
    expect(await start(name, expected.length)).toEqual(expected);
  });

  test('[F17] red, green, blue and grey become grey by 0.299 R + 0.587 G + 0.114 B', async () => {
    const { pixels } = await readGreyImage(pathOf('09-rgb/images/a.png'));
    expect([0, 4, 8, 12].map((x) => pixels[x])).toEqual([76, 150, 29, 124]);
  });

  test('[F17] what is not used is noted', async () => {
    const notes = async (name: string) => (await readGreyImage(pathOf(name))).notes;
    expect(await notes('05-alpha/images/b.png')).toEqual(['alpha channel: ignored']);
    expect(await notes('06-icc/images/b.png')).toEqual(['color profile: ignored']);
    expect(await notes('07-exif/o3/x.jpg')).toEqual([
      'EXIF orientation 3: pixels are taken as stored',
    ]);
    expect(await notes('09-rgb/images/a.png')).toEqual([
      'color: turned to grey by 0.299 R + 0.587 G + 0.114 B',
    ]);
    expect(await notes('04-png12in16/images/a.png')).toBeUndefined();
  });

  test('[F18] other formats, bombs and damaged files are refused by name', async () => {
    const webp = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
      .webp()
      .toBuffer();
    await expect(decodeImage(webp, 'a.png')).rejects.toThrow(
      'a.png: expected a PNG or JPEG image, got webp',
    );
    const png = await readFile(pathOf('04-png12in16/images/a.png'));
    const bomb = Buffer.from(png);
    bomb.writeUInt32BE(100_000, 16); // the width in the header, before its checksum
    await expect(decodeImage(bomb, 'a.png')).rejects.toThrow('a.png: expected');
    await expect(decodeImage(png.subarray(0, 60), 'a.png')).rejects.toThrow(
      'a.png: expected a whole PNG or JPEG image',
    );
    await expect(decodeImage(new Uint8Array(), 'a.png')).rejects.toThrow('a.png: expected');
    await expect(readGreyImage('nowhere.png')).rejects.toThrow('nowhere.png: expected');
  });
});

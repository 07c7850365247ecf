import { createRequire } from 'node:module';
import { createRandom } from '@radiograph/statistics';
import { type DicomFile, writeDicom } from '@radiograph/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { WindowChoice } from './grey/to-grey.ts';
import { readDicom, readDicomHeader } from './read-dicom.ts';

const read = async (
  file: Partial<DicomFile> & Pick<DicomFile, 'pixels'>,
  window: WindowChoice = 'file',
) => readDicom(writeDicom({ size: [1, file.pixels.length], ...file }), 'a.dcm', window);
const pixelsOf = async (...args: Parameters<typeof read>) => [...(await read(...args)).pixels];

describe('readDicom', () => {
  test('[F12] 8, 12 and 16 bits, signed and unsigned, keep their depth and fill their range', async () => {
    expect(await read({ pixels: [0, 7, 255] })).toEqual({
      size: [1, 3],
      bitDepth: 8,
      pixels: Uint8Array.of(0, 7, 255),
    });
    const deep = { bitsAllocated: 16, bitsStored: 12 };
    expect((await read({ pixels: [0, 4095], ...deep })).bitDepth).toBe(16);
    expect(await pixelsOf({ pixels: [0, 1, 4095, 4096], ...deep })).toEqual([0, 16, 65535, 0]); // bit 12 is not stored
    expect(await pixelsOf({ pixels: [0x800, 0, 0x7ff], ...deep, isSigned: true })).toEqual([
      0, 32776, 65535,
    ]);
    expect(await pixelsOf({ pixels: [0, 1, 65535], bitsAllocated: 16 })).toEqual([0, 1, 65535]);
    expect(await pixelsOf({ pixels: [40, 50, 60] }, 'extent')).toEqual([0, 128, 255]);
  });

  test('[F13] rescale, then the window, then MONOCHROME1 turned around', async () => {
    const ct = { '00281053': '2', '00281052': '-100' }; // 2 x - 100
    expect(
      await pixelsOf({
        pixels: [0, 50, 100, 150],
        texts: { ...ct, '00281050': '0.5', '00281051': '101' },
      }),
    ).toEqual([0, 128, 255, 255]);
    const windowed = { '00281050': '100', '00281051': '50' };
    expect(
      await pixelsOf({ pixels: [75, 100, 125], photometric: 'MONOCHROME1', texts: windowed }),
    ).toEqual([255, 125, 0]);
    expect(
      await pixelsOf({
        pixels: [75, 100, 125],
        texts: { ...windowed, '00281056': 'LINEAR_EXACT' },
      }),
    ).toEqual([0, 128, 255]);
    expect(
      await pixelsOf({ pixels: [75, 100, 125], texts: { ...windowed, '00281056': 'SIGMOID' } }),
    ).toEqual([30, 128, 225]);
    expect(await pixelsOf({ pixels: [0, 100, 255], texts: windowed }, 'range')).toEqual([
      0, 100, 255,
    ]);
    expect(
      await pixelsOf({ pixels: [9, 10, 11], texts: { '00281050': '10.5', '00281051': '1' } }),
    ).toEqual([0, 0, 255]);
  });

  test('[F14] JPEG baseline, in one or several fragments', async () => {
    const data = Uint8Array.from({ length: 4096 }, (_, i) => (i % 64) * 4);
    const jpeg = new Uint8Array(
      await sharp(data, { raw: { width: 64, height: 64, channels: 1 } })
        .toColourspace('b-w')
        .jpeg({ quality: 100 })
        .toBuffer(),
    );
    const file = { size: [64, 64], pixels: [], transferSyntax: '1.2.840.10008.1.2.4.50' } as const;
    const [whole, split] = [[jpeg], [jpeg.subarray(0, 100), jpeg.subarray(100)]];

    const { pixels } = await read({ ...file, fragments: whole });
    expect(Math.max(...pixels.map((value, i) => Math.abs(value - data[i]!)))).toBeLessThanOrEqual(
      3,
    );
    expect((await read({ ...file, fragments: split })).pixels).toEqual(pixels);
    await expect(
      read({ ...file, fragments: [jpeg.subarray(0, jpeg.length * 0.6)] }),
    ).rejects.toThrow(
      'a.dcm: expected whole JPEG baseline pixel data, got: a JPEG stream without its end',
    );
  });

  test.each([[8], [12], [16]])(
    '[F14] JPEG 2000 lossless of %i bits comes back to the bit',
    async (bitsStored) => {
      const random = createRandom(1, 'jpeg 2000');
      const pixels = Array.from({ length: 40 * 32 }, () => random.integer(2 ** bitsStored));
      const bitsAllocated = bitsStored === 8 ? 8 : 16;
      const fragments = [await encodeJpeg2000(pixels, [32, 40], bitsStored)];
      const file = {
        size: [32, 40],
        bitsAllocated,
        bitsStored,
        transferSyntax: '1.2.840.10008.1.2.4.90',
      } as const;

      expect(await read({ ...file, pixels: [], fragments })).toEqual(
        await read({ ...file, pixels, transferSyntax: '1.2.840.10008.1.2.1' }),
      );
      await expect(
        read({ ...file, pixels: [], fragments: [fragments[0]!.subarray(0, 60)] }),
      ).rejects.toThrow('a.dcm: expected');
    },
  );

  test('[F14] run lengths of one and two bytes', async () => {
    const header = (...starts: number[]) =>
      new Uint8Array(
        Uint32Array.from({ length: 16 }, (_, i) => [starts.length, ...starts][i] ?? 0).buffer,
      );
    const rle = (...bytes: number[]) => Uint8Array.from(bytes);
    const syntax = { transferSyntax: '1.2.840.10008.1.2.5', pixels: [] };
    const [low] = [rle(...header(64), 254, 7, 128, 1, 8, 9)]; // 7 7 7, nothing, 8 9
    expect(await pixelsOf({ ...syntax, size: [1, 5], fragments: [low] })).toEqual([7, 7, 7, 8, 9]);
    const both = rle(...header(64, 66), 255, 1, 1, 2, 3); // 1 1, then 2 3
    expect(
      await pixelsOf({ ...syntax, size: [1, 2], bitsAllocated: 16, fragments: [both] }),
    ).toEqual([258, 259]);
    await expect(read({ ...syntax, size: [1, 9], fragments: [low] })).rejects.toThrow(
      'expected 9 pixels in each segment, got 5',
    );
    await expect(
      read({ ...syntax, size: [1, 2], bitsAllocated: 16, fragments: [low] }),
    ).rejects.toThrow('expected 2 run-length segments, got 1');
  });

  test('[F15] what is no grey single-frame radiograph, and other transfer syntaxes, are refused by name', async () => {
    const problem = (file: Partial<DicomFile>) => read({ pixels: [1, 2], ...file });
    await expect(problem({ transferSyntax: '1.2.840.10008.1.2.4.100' })).rejects.toThrow(
      'got MPEG-2 video (1.2.840.10008.1.2.4.100)',
    );
    await expect(problem({ transferSyntax: '1.2.840.10008.1.2.4.70' })).rejects.toThrow(
      'expected JPEG lossless pixels, as its transfer syntax says, got uncompressed ones',
    );
    await expect(problem({ transferSyntax: '1.2.3' })).rejects.toThrow('got unknown (1.2.3)');
    await expect(problem({ samples: 3, photometric: 'RGB' })).rejects.toThrow(
      'expected one grey sample per pixel, got 3 of RGB color',
    );
    await expect(problem({ bitsAllocated: 32 })).rejects.toThrow(
      'expected 8 or 16 bits per pixel, got 32 of 32',
    );
    await expect(problem({ texts: { '00280008': '2' } })).rejects.toThrow(
      'expected a single frame, got 2',
    );
    await expect(problem({ size: [4, 4] })).rejects.toThrow(
      'expected 16 bytes of pixels, got 2: the file is truncated',
    );
    await expect(readDicom(new Uint8Array(300), 'a.dcm')).rejects.toThrow(
      'a.dcm: expected a whole DICOM file, got one that neither says DICM nor begins as a data set',
    );
    expect(
      readDicomHeader(writeDicom({ size: [1, 2], pixels: [1, 2], patientId: 'P7' }), 'a.dcm')
        .patientId,
    ).toBe('P7');
  });
});

type Encoder = {
  getDecodedBuffer(info: object): Uint8Array;
  setQuality(isLossless: boolean, quality: number): void;
  setDecompositions(levels: number): void;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
};

async function encodeJpeg2000(
  pixels: readonly number[],
  [height, width]: readonly [number, number],
  bits: number,
) {
  // The package that decodes also encodes; it has no types.
  const open = createRequire(import.meta.url)('@cornerstonejs/codec-openjpeg/wasmjs') as (
    options: object,
  ) => Promise<{ J2KEncoder: new () => Encoder }>;
  const quiet = () => undefined;
  const { J2KEncoder } = await open({ print: quiet, printErr: quiet });
  const encoder = new J2KEncoder();
  const values =
    bits === 8 ? Uint8Array.from(pixels) : new Uint8Array(Uint16Array.from(pixels).buffer);
  encoder
    .getDecodedBuffer({ width, height, bitsPerSample: bits, componentCount: 1, isSigned: false })
    .set(values);
  encoder.setQuality(true, 0);
  encoder.setDecompositions(2);
  encoder.encode();
  return encoder.getEncodedBuffer().slice();
}

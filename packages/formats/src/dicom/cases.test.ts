/** Situations from public reports (test/cases, with the report and the oracle in each README). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { WindowChoice } from './grey/to-grey.ts';
import { readDicom } from './read-dicom.ts';

const cases = new URL('../../../../test/cases/', import.meta.url);

async function read(name: string, window: WindowChoice = 'file') {
  return readDicom(readFileSync(new URL(name, cases)), name, window);
}

/** The first pixels, 16 bits as 8. */
async function start(name: string, count: number, window: WindowChoice = 'file') {
  const { pixels, bitDepth } = await read(name, window);
  const scale = bitDepth === 16 ? 257 : 1;
  return [...pixels.slice(0, count)].map((pixel) => Math.round(pixel / scale));
}

/** 12 bits: 0, 273, 546, ... 4095 in each row of 16 pixels. */
const ramp = [0, 17, 34, 51, 68, 85];

test.each([
  ['20-voilut/dicom/a.dcm', [0, 66, 93, 114]], // pydicom's apply_voi_lut
  ['23-blank/dicom/center-spaces.dcm', ramp],
  ['23-blank/dicom/slope-blank.dcm', ramp],
  ['23-blank/dicom/slope-spaces.dcm', ramp],
  ['24-nopreamble/dicom/a.dcm', ramp],
  ['24-nopreamble/noext/IM1', ramp],
  ['25-bigendian/dicom/a.dcm', ramp],
  ['25-bigendian/dicom/b.dcm', ramp],
  ['25-bigendian/dicom/c.dcm', ramp], // words of two 8-bit pixels, as dcm2pnm reads them
  ['27-multiwindow/dicom/a.dcm', [0, 34, 68, 102]], // the first window
  ['28-preslut/dicom/a.dcm', ramp.map((value) => 255 - value)], // dcmtk; pydicom ignores the shape
  ['28-preslut/dicom/b.dcm', ramp.map((value) => 255 - value)],
  ['28-preslut/dicom/c.dcm', ramp.map((value) => 255 - value)],
  ['29-negslope/dicom/a.dcm', ramp.map((value) => 255 - value)],
  ['29-negslope/dicom/b.dcm', ramp], // a window of width 0 is none
  ['31-frames/dicom/b.dcm', ramp],
  ['32-odd/dicom/a.dcm', [7, 7, 7]],
  ['35-j2k/dicom/j2k8.dcm', [0, 4, 8, 12]],
  ['35-j2k/dicom/j2k16.dcm', [0, 4, 8, 12]],
  ['35-j2k/dicom/jp2box.dcm', [0, 4, 8, 12]],
  ['35-j2k/dicom/j2k8in16hdr.dcm', [0, 4, 8, 12]], // 12 bits in the header, 8 in the stream
  ['76-dicom-odd/dicom/e.dcm', ramp], // coded otherwise than its transfer syntax says
  ['76-dicom-odd/dicom/nopr.dcm', ramp],
  ['76-dicom-odd/dicom/pad.dcm', ramp],
  ['76-dicom-odd/dicom/un.dcm', ramp],
  ['76-dicom-odd/dicom/photo.dcm', ramp.map((value) => 255 - value)],
])('[F13] %s has the pixels that the peers give', async (name, expected) => {
  expect(await start(name, expected.length)).toEqual(expected);
});

test.each([
  [
    '23-blank/dicom/center-nan.dcm',
    'decimal number (digits, point, exponent) in Window Center (0028,1050), got "NaN"',
  ],
  ['23-blank/dicom/width-comma.dcm', 'in Window Width (0028,1051), got "40,9"'],
  ['31-frames/dicom/a.dcm', 'expected a single frame, got 2'],
  ['35-j2k/dicom/rgb1.dcm', 'got: a stream of 3 components, not a grey one'],
  ['38-sr/dicom/sr.dcm', 'expected an image, got a DICOM object without pixel data'],
  ['76-dicom-odd/dicom/b32.dcm', 'expected 8 or 16 bits per pixel, got 32 of 32'],
  ['76-dicom-odd/dicom/trunc.dcm', 'got: an attribute that ends behind the file'],
  ['hostile/intercept-abc.dcm', 'in Rescale Intercept (0028,1052), got "abc"'],
  ['hostile/object.dcm', 'got: an attribute that ends behind the file'],
  ['hostile/readuint.dcm', 'got: an attribute that ends behind the file'],
])('[F16] %s is refused with its reason', async (name, message) => {
  await expect(read(name)).rejects.toThrow(message);
  await expect(read(name)).rejects.toThrow(name);
});

test('[F16] a window that cannot be read does not matter where none is asked for', async () => {
  expect(await start('23-blank/dicom/center-nan.dcm', 6, 'range')).toEqual(ramp);
});

test('[F13] padding is black and does not stretch the extent', async () => {
  const { pixels } = await read('26-padding/dicom/a.dcm', 'extent');
  const darkest = pixels.findIndex((pixel, i) => i >= 4 && pixel === 0);

  expect([...pixels.slice(0, 4)]).toEqual([0, 0, 0, 0]);
  expect([...pixels.slice(4, 8)]).toEqual([0, 5958, 11915, 17873]);
  expect(darkest).toBe(4);
});

test('[F16] what a file says against itself is noted', async () => {
  expect((await read('24-nopreamble/dicom/a.dcm')).notes).toEqual([
    'names no transfer syntax: read as it is coded',
  ]);
  expect((await read('35-j2k/dicom/j2k8in16hdr.dcm')).notes).toEqual([
    'names 12 stored bits, its pixels have 8: read as 8 bits',
  ]);
  expect((await read('28-preslut/dicom/a.dcm')).notes).toEqual([
    'is MONOCHROME2 and Presentation LUT Shape INVERSE: the shape decides',
  ]);
  expect((await read('25-bigendian/dicom/a.dcm')).notes).toBeUndefined();
});

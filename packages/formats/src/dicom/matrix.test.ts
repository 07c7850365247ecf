import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readDicom } from './read-dicom.ts';

/** Written by test/peers/dicom_matrix.py, which says what the numbers are. */
type Entry = {
  readonly name: string;
  readonly depth: 8 | 16;
  readonly file: string;
  readonly dcmtk: {
    readonly bits: number;
    readonly exact: boolean;
    readonly pixels: readonly number[];
  } | null;
  readonly pydicom: readonly number[] | null;
};

const fixture = new URL('../../fixtures/dicom-matrix.json.gz', import.meta.url);
const entries: readonly Entry[] = JSON.parse(gunzipSync(readFileSync(fixture)).toString('utf8'));

/** The first word of a name: explicit, rle, jpeg-ls, ... */
const codingOf = ({ name }: Entry) => name.split(' ', 1)[0]!;

/** How an image differs from each peer's by more than rounding, with the first pixel that does; empty if it does not. */
async function readDifferences({ name, depth, file, dcmtk, pydicom }: Entry): Promise<string[]> {
  const { bitDepth, pixels } = await readDicom(Buffer.from(file, 'base64'), name);
  if (bitDepth !== depth) return [`${name}: ${bitDepth} bits in place of ${depth}`];
  const compare = (peer: string, expected: readonly number[], slack: number): string[] => {
    const wrong = expected.findIndex((value, i) => Math.abs(pixels[i]! - value) > slack + 0.501);
    if (wrong < 0) return [];
    return [`${name}: pixel ${wrong} is ${pixels[wrong]}, by ${peer} ${expected[wrong]}`];
  };
  const step = dcmtk === null ? 0 : (2 ** depth - 1) / (2 ** dcmtk.bits - 1);
  const byDcmtk = (dcmtk?.pixels ?? []).map((pixel) => pixel * step);
  return [
    ...compare('pydicom', pydicom ?? [], 0),
    ...compare('dcmtk', byDcmtk, dcmtk?.exact === false ? step : 0),
  ];
}

describe('DICOM pixels', () => {
  test.each([...new Set(entries.map(codingOf))])(
    '[F14] %s: equal to those of dcmtk and pydicom, whatever the attributes',
    async (coding) => {
      const group = entries.filter((entry) => codingOf(entry) === coding);
      const differences = await Promise.all(group.map(readDifferences));

      expect(differences.flat()).toEqual([]);
    },
  );

  test('[F14] every file of the matrix is read by a peer, and most by both', () => {
    expect(entries.length).toBeGreaterThan(300);
    expect(entries.filter(({ dcmtk, pydicom }) => dcmtk === null && pydicom === null)).toEqual([]);
  });
});

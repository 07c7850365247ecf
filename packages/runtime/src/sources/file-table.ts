/**
 * What is known of many files, as columns: names, sizes, times, inodes and digests. As a file: one line of JSON, the names one per line, the
 * numbers, the digests. 223,414 files take 25 MB and are read in a tenth of a second, which a list of objects would not be.
 */
import type { Stats } from 'node:fs';
import { digestBytes } from '../store/files.ts';

/** What a file system says of a file without reading it. A file whose four values are those of before has the same content. */
export type Identity = {
  readonly size: number;
  readonly mtimeMs: number;
  /** Changes whenever size, content, owner or name do, whatever a copy says about the modification time. */
  readonly ctimeMs: number;
  readonly ino: number;
};

/** Files by name, with the identity that each had when it was read, and its digest. */
export type FileTable = {
  readonly names: readonly string[];
  /** `[N, 4]`: size, mtimeMs, ctimeMs, ino. A missing file has size -1. */
  readonly identities: Float64Array;
  /** `[N, 32]`; zeros where none is known. */
  readonly digests: Uint8Array;
};

export const digestLength = 32;
const columns = 4;

export function createFileTable(names: readonly string[]): FileTable {
  return {
    names,
    identities: new Float64Array(names.length * columns),
    digests: new Uint8Array(names.length * digestLength),
  };
}

/** Writes row `i`; undefined = there is no such file. */
export function setIdentity(
  { identities }: FileTable,
  i: number,
  file: Identity | undefined,
): void {
  identities.set(
    file === undefined ? [-1, 0, 0, 0] : [file.size, file.mtimeMs, file.ctimeMs, file.ino],
    i * columns,
  );
}

export const identityOf = ({ size, mtimeMs, ctimeMs, ino }: Stats): Identity => ({
  size,
  mtimeMs,
  ctimeMs,
  ino,
});

/** The size of file `i` in bytes; -1 if it is missing. */
export const sizeOf = ({ identities }: FileTable, i: number): number => identities[i * columns]!;

/** When file `i` was changed last, by whichever of its times is later. */
export const changedMs = ({ identities }: FileTable, i: number): number =>
  Math.max(identities[i * columns + 1]!, identities[i * columns + 2]!);

/** Whether row `i` of one table and row `j` of another say the same of a file. */
export function hasSameIdentity(one: FileTable, i: number, other: FileTable, j: number): boolean {
  for (let c = 0; c < columns; c++)
    if (one.identities[i * columns + c] !== other.identities[j * columns + c]) return false;
  return true;
}

/** The digest of file `i`, 32 bytes; undefined if none is known. */
export function digestOf({ digests }: FileTable, i: number): Uint8Array | undefined {
  const digest = digests.subarray(i * digestLength, (i + 1) * digestLength);
  return digest.some((byte) => byte !== 0) ? digest : undefined;
}

export function printFileTable({ names, identities, digests }: FileTable): Uint8Array {
  const text = Buffer.from(names.join('\n'));
  const body = Buffer.concat([
    text,
    new Uint8Array(identities.buffer, identities.byteOffset, identities.byteLength),
    digests,
  ]);
  const head = { format, count: names.length, textBytes: text.length, sha256: digestBytes(body) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

const format = 'radiograph-files/1';

/** The inverse of `printFileTable`; undefined if the bytes are damaged or of another program: then files are read again. */
export function parseFileTable(bytes: Uint8Array): FileTable | undefined {
  const end = bytes.indexOf(0x0a);
  try {
    const head = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString()) as {
      readonly format: string;
      readonly count: number;
      readonly textBytes: number;
      readonly sha256: string;
    };
    const body = new Uint8Array(bytes).subarray(end + 1); // a Buffer's slice would not copy
    if (head.format !== format || digestBytes(body) !== head.sha256) return undefined;
    const text = Buffer.from(body.subarray(0, head.textBytes)).toString();
    const numbers = body.slice(head.textBytes, head.textBytes + head.count * columns * 8);
    return {
      names: head.count === 0 ? [] : text.split('\n'),
      identities: new Float64Array(numbers.buffer),
      digests: body.slice(head.textBytes + numbers.length),
    };
  } catch {
    return undefined;
  }
}

/**
 * Lines of the journal. A finished step with its small artifacts is `<sum> <key> <digests> <JSON>`; `drop <sum>` takes one back.
 *
 * The head can be read without the JSON, so that a store with thousands of steps opens at once; the sum, over all that follows, tells damage.
 */
import { randomUUID } from 'node:crypto';
import type { StepRecord } from '@radiograph/graph';
import { digestBytes } from './files.ts';

/** A record as it is kept: with the blobs of its outputs that are files, so that a plan need not read manifests to know them. */
export type Kept = StepRecord & { readonly blobs?: readonly string[] };

/** Small artifacts by digest. */
export type Packed = {
  /** Their manifests' text. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly blobs: Readonly<Record<string, Uint8Array>>;
};

/** A finished step, and those of its artifacts that are small. */
export type Entry = Packed & { readonly record: Kept };

/** A step's line, not yet read. */
export type Line = {
  /** SHA-256 of the rest: names the line, for a key may have several. */
  readonly sum: string;
  readonly key: string;
  /** Digests of the artifacts and blobs that it holds. */
  readonly names: readonly string[];
  readonly rest: Buffer;
};

type Printed = {
  readonly id: string;
  readonly record: Kept;
  manifests: Packed['manifests'];
  blobs: [string, string][];
};

/** The text of a step's line, without its breaks. */
export function printLine({ record, manifests, blobs }: Entry): string {
  const texts = Object.entries(blobs).map(([name, bytes]): [string, string] => [
    name,
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  ]);
  const id = randomUUID(); // else a line that was taken back could not be written again
  const json = JSON.stringify({ id, record, manifests, blobs: texts } satisfies Printed);
  const names = [...Object.keys(manifests), ...Object.keys(blobs)].join();
  const rest = `${record.key} ${names} ${json}`;
  return `${digestBytes(rest)} ${rest}`;
}

const sumLength = 64;
const dropLength = 'drop'.length;
const space = 0x20;

/** What a line is, from its head; undefined where it is torn. */
export function scanLine(
  bytes: Buffer,
): { readonly step: Line } | { readonly drop: string } | undefined {
  if (bytes[dropLength] === space) return { drop: bytes.toString('latin1', dropLength + 1) };
  if (bytes[sumLength] !== space) return undefined;
  const afterKey = bytes.indexOf(space, sumLength + 1);
  const afterNames = bytes.indexOf(space, afterKey + 1);
  if (afterKey < 0 || afterNames < 0) return undefined;
  const head = bytes.toString('latin1', 0, afterNames); // at once, for a plan opens thousands
  const names = head.slice(afterKey + 1);
  const step: Line = {
    sum: head.slice(0, sumLength),
    key: head.slice(sumLength + 1, afterKey),
    names: names === '' ? [] : names.split(','),
    rest: bytes.subarray(sumLength + 1),
  };
  return { step };
}

/** What a line says; undefined if the disk changed it. */
export function readLine({ sum, rest }: Line): Entry | undefined {
  if (digestBytes(rest) !== sum) return undefined;
  const json = rest.toString('utf8', rest.indexOf(space, rest.indexOf(space) + 1) + 1);
  const { record, manifests, blobs } = JSON.parse(json) as Printed; // its sum says that `printLine` wrote it
  const bytes = blobs.map(([name, text]) => [name, decode(text)] as const);
  return { record, manifests, blobs: Object.fromEntries(bytes) };
}

function decode(text: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, 'base64');
  return new Uint8Array(buffer, byteOffset, byteLength).slice(); // aligned, for those who see floats in it
}

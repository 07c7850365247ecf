/**
 * A saved state as bytes: 32 bytes of SHA-256 over the rest, the length of a JSON header (u32), the header, then the arrays, each at a
 * multiple of 8. The digest tells a whole state from a damaged one.
 */
import { createHash } from 'node:crypto';
import type { SavedArray, SavedState } from '@radiograph/graph';

const arrayTypes = {
  Float32Array,
  Float64Array,
  Int32Array,
  Uint32Array,
  Uint16Array,
  Uint8Array,
} as const;
type ArrayName = keyof typeof arrayTypes;

type Header = {
  readonly json: unknown;
  readonly arrays: readonly {
    readonly name: string;
    readonly type: ArrayName;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly length: number;
  }[];
};

const digestLength = 32;
const align = (offset: number): number => Math.ceil(offset / 8) * 8;

/** Encodes a state. */
export function encodeState({ json, arrays }: SavedState): Uint8Array {
  let offset = 0;
  const entries = [...arrays].map(([name, { shape, data }]) => {
    const entry = { name, type: nameOf(data), shape, offset, length: data.length };
    offset = align(offset + data.byteLength);
    return entry;
  });
  const header = Buffer.from(JSON.stringify({ json, arrays: entries } satisfies Header));
  const start = align(digestLength + 4 + header.length);
  const bytes = Buffer.alloc(start + offset);
  bytes.writeUInt32LE(header.length, digestLength);
  header.copy(bytes, digestLength + 4);
  for (const entry of entries) {
    const { data } = arrays.get(entry.name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + entry.offset);
  }
  digestOf(bytes).copy(bytes, 0);
  return bytes;
}

/** Decodes a state; undefined if a byte of it is missing or changed. */
export function decodeState(bytes: Buffer): SavedState | undefined {
  if (bytes.length < digestLength + 4) return undefined;
  if (!digestOf(bytes).equals(bytes.subarray(0, digestLength))) return undefined;
  const headerLength = bytes.readUInt32LE(digestLength);
  const text = bytes.toString('utf8', digestLength + 4, digestLength + 4 + headerLength);
  const { json, arrays } = JSON.parse(text) as Header; // its digest says that `encodeState` wrote it
  const start = align(digestLength + 4 + headerLength);
  const decoded = arrays.map(({ name, type, shape, offset, length }): [string, SavedArray] => {
    const begin = start + offset;
    // A copy of its own: aligned, and owned by the caller.
    const buffer = new Uint8Array(
      bytes.subarray(begin, begin + length * arrayTypes[type].BYTES_PER_ELEMENT),
    ).buffer;
    return [name, { shape, data: new arrayTypes[type](buffer) }];
  });
  return { json, arrays: new Map(decoded) };
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes.subarray(digestLength)).digest();
}

function nameOf(data: SavedArray['data']): ArrayName {
  const name = data.constructor.name;
  if (name in arrayTypes) return name as ArrayName;
  throw new Error(`internal: expected an array of ${Object.keys(arrayTypes)}, got ${name}`);
}

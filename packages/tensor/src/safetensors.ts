/**
 * The safetensors format: a u64 header length, a JSON header, then the bytes of all tensors (huggingface/safetensors, format
 * description in its README). Written in float32 alone; names are sorted, so equal tensors give equal bytes.
 */
import { SafetensorsError } from './errors.ts';
import type { HostTensor, NamedTensors } from './model/weights.ts';
import { sizeOf } from './shape.ts';

export type { HostTensor };

type Entry = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

/** Writes tensors with optional text metadata. */
export function writeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = [...tensors.keys()].sort();
  const header: Record<string, unknown> =
    Object.keys(metadata).length === 0 ? {} : { __metadata__: metadata };
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors.get(name)!;
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const parts = names.map((name) => {
    const { data } = tensors.get(name)!;
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  });
  return joinFile(header, parts);
}

/** Data starts aligned to 8 bytes; the header is padded with spaces. */
function joinFile(header: Record<string, unknown>, parts: readonly Uint8Array[]): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const length = parts.reduce((sum, part) => sum + part.length, 8 + headerLength);
  const bytes = new Uint8Array(length).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  let position = 8 + headerLength;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

/** Reads a file of float32 tensors. @throws {SafetensorsError} naming what is truncated, of another type, or inconsistent. */
export function readSafetensors(bytes: Uint8Array): {
  readonly tensors: NamedTensors;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { entries, metadata } = readSafetensorsHeader(bytes);
  const tensors = new Map<string, HostTensor>();
  for (const { name, dtype, shape, data } of entries) {
    if (dtype !== 'F32')
      throw new SafetensorsError(name, `expected dtype F32, got ${JSON.stringify(dtype)}`);
    // A Buffer's own slice would share its memory; the copy is aligned as well.
    const copy = new Uint8Array(data.length);
    copy.set(data);
    tensors.set(name, { shape, data: new Float32Array(copy.buffer) });
  }
  return { tensors, metadata };
}

/** A tensor of a file, of any dtype; `data` shares the file's bytes. */
export type SafetensorsEntry = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
};

/** Bytes of an element by dtype, as the format names them. */
const sizes: Readonly<Record<string, number>> = {
  ...{ BOOL: 1, U8: 1, I8: 1, F8_E5M2: 1, F8_E4M3: 1, I16: 2, U16: 2, F16: 2, BF16: 2 },
  ...{ I32: 4, U32: 4, F32: 4, I64: 8, U64: 8, F64: 8 },
};

/**
 * The one reader of headers: what a file says of its tensors, proved against its length.
 *
 * @throws {SafetensorsError} for a header that is no JSON object, and, with the name of the tensor, for one whose bytes are not those of its
 * shape, lie outside of the file, or are those of another one too.
 */
export function readSafetensorsHeader(bytes: Uint8Array): {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { header, start } = splitHeader(bytes);
  const { __metadata__: texts = {}, ...rest } = header;
  const data = bytes.subarray(start);
  const placed = Object.entries(rest).map(([name, entry]) =>
    readEntry(name, entry as Entry, data.length),
  );
  assertApart(placed);
  const entries = placed.map(({ name, dtype, shape, data_offsets: [begin, end] }) => ({
    ...{ name, dtype, shape, data: data.subarray(begin, end) },
  }));
  return { entries, metadata: readTexts(texts) };
}

/** The same file with other metadata beside its own; undefined for bytes that are no safetensors file. */
export function addSafetensorsMetadata(
  bytes: Uint8Array,
  texts: Readonly<Record<string, string>>,
): Uint8Array | undefined {
  try {
    const { header, start } = splitHeader(bytes);
    const { __metadata__: known, ...entries } = header;
    const metadata = { ...(known as object | undefined), ...texts };
    return joinFile({ __metadata__: metadata, ...entries }, [bytes.subarray(start)]);
  } catch (error) {
    if (error instanceof SafetensorsError) return undefined;
    throw error;
  }
}

function splitHeader(bytes: Uint8Array): {
  readonly header: Record<string, unknown>;
  readonly start: number;
} {
  if (bytes.length < 8)
    throw new SafetensorsError('header', `expected at least 8 bytes, got ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8)
    throw new SafetensorsError('header', `expected ${length} bytes, got ${bytes.length - 8}`);
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return { header: header as Record<string, unknown>, start: 8 + length };
  } catch {
    // falls through to the error below
  }
  throw new SafetensorsError('header', 'expected a JSON object');
}

function readEntry(name: string, entry: Entry, length: number): Entry & { readonly name: string } {
  if (typeof entry !== 'object' || entry === null)
    throw new SafetensorsError(name, `expected an object, got ${JSON.stringify(entry)}`);
  const { dtype, shape, data_offsets } = entry;
  const size = Object.hasOwn(sizes, dtype) ? sizes[dtype]! : undefined;
  if (size === undefined)
    throw new SafetensorsError(
      name,
      `expected dtype ${Object.keys(sizes).join(', ')}, got ${JSON.stringify(dtype)}`,
    );
  if (!isSizes(shape) || !isSizes(data_offsets) || data_offsets.length !== 2)
    throw new SafetensorsError(name, `expected shape and data_offsets as lists of sizes`);
  const [begin, end] = data_offsets;
  const expected = size * sizeOf(shape);
  if (end - begin !== expected)
    throw new SafetensorsError(
      name,
      `expected ${expected} bytes for [${shape}], got ${end - begin}`,
    );
  if (end > length)
    throw new SafetensorsError(
      name,
      `expected bytes up to ${end}, got ${length}: the file is truncated`,
    );
  return { name, dtype, shape, data_offsets };
}

/** Tensors that share bytes would be one weight under two names, of which at most one is right. */
function assertApart(entries: readonly (Entry & { readonly name: string })[]): void {
  const ordered = entries
    .filter(({ data_offsets: [begin, end] }) => end > begin)
    .sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
  for (const [i, { name, data_offsets }] of ordered.entries()) {
    const before = ordered[i - 1];
    if (before !== undefined && before.data_offsets[1] > data_offsets[0])
      throw new SafetensorsError(name, `expected bytes of its own, got some of ${before.name}`);
  }
}

function readTexts(texts: unknown): Record<string, string> {
  const isObject = typeof texts === 'object' && texts !== null && !Array.isArray(texts);
  if (isObject && Object.values(texts).every((text) => typeof text === 'string'))
    return texts as Record<string, string>;
  throw new SafetensorsError('__metadata__', 'expected texts by name');
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}

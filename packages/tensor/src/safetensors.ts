/**
 * The safetensors format: a u64 header length, a JSON header, then the bytes of all tensors (huggingface/safetensors, format
 * description in its README). float32 only; names are sorted, so equal tensors give equal bytes.
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
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8; // data starts aligned; the header is padded with spaces
  const bytes = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  let position = 8 + headerLength;
  for (const name of names) {
    const { data } = tensors.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/** Reads a file. @throws {SafetensorsError} naming what is truncated, of another type, or inconsistent. */
export function readSafetensors(bytes: Uint8Array): {
  readonly tensors: NamedTensors;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { header, start } = readHeader(bytes);
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, HostTensor>();
  for (const [name, entry] of Object.entries(entries))
    tensors.set(name, readTensor(name, entry as Entry, bytes.subarray(start)));
  return { tensors, metadata: metadata as Record<string, string> };
}

function readHeader(bytes: Uint8Array): {
  readonly header: Record<string, unknown>;
  readonly start: number;
} {
  if (bytes.length < 8)
    throw new SafetensorsError(`header: expected at least 8 bytes, got ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8)
    throw new SafetensorsError(`header: expected ${length} bytes, got ${bytes.length - 8}`);
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return { header: header as Record<string, unknown>, start: 8 + length };
  } catch {
    // falls through to the error below
  }
  throw new SafetensorsError('header: expected a JSON object');
}

function readTensor(name: string, entry: Entry, data: Uint8Array): HostTensor {
  if (typeof entry !== 'object' || entry === null)
    throw new SafetensorsError(`${name}: expected an object, got ${JSON.stringify(entry)}`);
  const { dtype, shape, data_offsets } = entry;
  if (dtype !== 'F32')
    throw new SafetensorsError(`${name}: expected dtype F32, got ${JSON.stringify(dtype)}`);
  if (!isSizes(shape) || !isSizes(data_offsets) || data_offsets.length !== 2)
    throw new SafetensorsError(`${name}: expected shape and data_offsets as lists of sizes`);
  const [begin, end] = data_offsets;
  if (end - begin !== 4 * sizeOf(shape)) {
    throw new SafetensorsError(
      `${name}: expected ${4 * sizeOf(shape)} bytes for [${shape}], got ${end - begin}`,
    );
  }
  if (end > data.length)
    throw new SafetensorsError(
      `${name}: expected bytes up to ${end}, got ${data.length}: the file is truncated`,
    );
  // A Buffer's own slice would share its memory; the copy is aligned as well.
  const copy = new Uint8Array(end - begin);
  copy.set(data.subarray(begin, end));
  return { shape, data: new Float32Array(copy.buffer) };
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}

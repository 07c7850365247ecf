/** The zip archives that torch.save writes: entries by name through the central directory. */
import { inflateRawSync } from 'node:zlib';
import { asDataError } from '../as-data-error.ts';

type Entry = {
  readonly method: number;
  readonly stored: number;
  readonly size: number;
  readonly at: number;
};
/** An opened archive. `read` gives undefined for an entry that is not there. */
export type ZipArchive = {
  readonly names: readonly string[];
  readonly read: (name: string) => Uint8Array | undefined;
};

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
const unknown32 = 0xffffffff; // the real number is in the zip64 fields

/** Whether the bytes begin like a zip archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length > 4 && viewOf(bytes).getUint32(0, true) === localSignature;
}

/** Opens an archive; nothing is unpacked yet. @throws a data error for a truncated or damaged directory. */
export function openZip(bytes: Uint8Array, path: string): ZipArchive {
  return asDataError(path, 'a whole zip archive', () => {
    const entries = readDirectory(bytes);
    const read = (name: string) => {
      const entry = entries.get(name);
      return entry && asDataError(`${path} ${name}`, 'a whole entry', () => unpack(bytes, entry));
    };
    return { names: [...entries.keys()], read };
  });
}

function readDirectory(bytes: Uint8Array): ReadonlyMap<string, Entry> {
  const view = viewOf(bytes);
  const { count, start } = findDirectory(view);
  const entries = new Map<string, Entry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== directorySignature) throw new Error(`no entry at byte ${at}`);
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    entries.set(name, readEntry(view, at, at + 46 + nameLength));
    at += 46 + nameLength + extraLength + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Sizes of 2^32 - 1 stand for 64-bit ones in the extra field, in this order, only those that are needed. */
function readEntry(view: DataView, at: number, extra: number): Entry {
  let wide = extra;
  const end = extra + view.getUint16(at + 30, true);
  while (wide < end && view.getUint16(wide, true) !== 1) wide += 4 + view.getUint16(wide + 2, true);
  wide += 4;
  const field = (offset: number) => {
    const value = view.getUint32(at + offset, true);
    if (value !== unknown32) return value;
    wide += 8;
    return Number(view.getBigUint64(wide - 8, true));
  };
  const method = view.getUint16(at + 10, true);
  const [size, stored] = [field(24), field(20)];
  return { method, size, stored, at: field(42) };
}

function findDirectory(view: DataView): { readonly count: number; readonly start: number } {
  const lowest = Math.max(0, view.byteLength - 22 - 65535); // the comment is at most 65535 bytes
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) !== endSignature) continue;
    const start = view.getUint32(at + 16, true);
    const count = view.getUint16(at + 10, true);
    return start === unknown32 || count === 0xffff ? findDirectory64(view, at) : { start, count };
  }
  throw new Error('no end of the central directory: the file is truncated');
}

function findDirectory64(
  view: DataView,
  end: number,
): { readonly count: number; readonly start: number } {
  const at = Number(view.getBigUint64(end - 20 + 8, true));
  if (view.getUint32(at, true) !== end64Signature) throw new Error('no zip64 directory');
  return {
    count: Number(view.getBigUint64(at + 32, true)),
    start: Number(view.getBigUint64(at + 48, true)),
  };
}

function unpack(bytes: Uint8Array, { method, stored, size, at }: Entry): Uint8Array {
  const view = viewOf(bytes);
  if (view.getUint32(at, true) !== localSignature) throw new Error(`no entry at byte ${at}`);
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + stored > bytes.length) throw new Error(`entry at byte ${at} is truncated`);
  const content = bytes.subarray(start, start + stored);
  if (method === 0) return content;
  if (method !== 8) throw new Error(`compression method ${method}`);
  // torch.save stores without compression. Weights that were packed again shrink little; what grows more than this is made to fill the memory.
  const most = mostGrowth * stored + smallEntry;
  if (size > most) throw new Error(`${stored} bytes that would grow to ${size}, more than ${most}`);
  return inflateRawSync(content, { maxOutputLength: Math.max(size, 1) });
}

const mostGrowth = 16;
const smallEntry = 2 ** 20;

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

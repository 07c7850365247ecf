/** DICOM's run-length encoding: one segment of PackBits per byte of a pixel, the high byte first (PS3.5 annex G). */
import { dataError } from '@radiograph/graph';
import type { DicomHeader } from '../header.ts';

/** Decodes a frame. @throws a data error at `path` if segments are missing or too short. */
export function decodeRunLengths(
  bytes: Uint8Array,
  { size, bitsAllocated }: Pick<DicomHeader, 'size' | 'bitsAllocated'>,
  path: string,
): Uint8Array | Uint16Array {
  const count = size[0] * size[1];
  const planes = bitsAllocated / 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = bytes.length < 64 ? 0 : view.getUint32(0, true);
  if (segments !== planes)
    throw dataError(path, `expected ${planes} run-length segments, got ${segments}`);
  const starts = Array.from({ length: planes }, (_, i) => view.getUint32(4 + 4 * i, true));
  const decoded = starts.map((start, i) => unpackBits(bytes.subarray(start, starts[i + 1]), count));
  const short = decoded.find((plane) => plane.length < count);
  if (short !== undefined)
    throw dataError(
      path,
      `expected ${count} pixels in each segment, got ${short.length}: the file is truncated`,
    );
  const [high, low] = decoded as [Uint8Array, Uint8Array | undefined];
  return low === undefined ? high : Uint16Array.from(high, (value, i) => value * 256 + low[i]!);
}

/** PackBits: n below 128 copies n + 1 bytes, n above repeats the next byte 257 - n times. Stops at `count` bytes or at the end. */
function unpackBits(bytes: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(count);
  let [at, to] = [0, 0];
  while (to < count && at < bytes.length) {
    const n = bytes[at++]!;
    if (n === 128) continue;
    if (n < 128) {
      const copied = bytes.subarray(at, Math.min(at + n + 1, at + count - to));
      out.set(copied, to);
      at += n + 1;
      to += copied.length;
    } else {
      if (at >= bytes.length) break;
      out.fill(bytes[at++]!, to, to + 257 - n);
      to += 257 - n;
    }
  }
  return out.subarray(0, Math.min(to, count));
}

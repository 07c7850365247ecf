import { dataError } from '@radiograph/graph';

/** Reads little-endian numbers and bytes in order; every read past the end is a data error, never a guess. */
export type ByteReader = {
  readonly path: string;
  readonly position: () => number;
  readonly bytes: (length: number) => Uint8Array;
  readonly u8: () => number;
  readonly u16: () => number;
  readonly u32: () => number;
  readonly i32: () => number;
  /** An unsigned 64-bit length; one that is longer than the file is refused here. */
  readonly length64: () => number;
  readonly f64be: () => number;
  /** Latin-1 text up to a line feed, which is consumed. */
  readonly line: () => string;
};

/** Opens `bytes`; `path` names them in errors. */
export function openBytes(bytes: Uint8Array, path: string): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (length: number): number => {
    if (length > bytes.length - at) {
      const left = bytes.length - at;
      throw dataError(
        path,
        `expected ${length} bytes at ${at}, got ${left}: the file is truncated`,
      );
    }
    at += length;
    return at - length;
  };
  return {
    path,
    position: () => at,
    bytes: (length) => {
      const start = take(length);
      return bytes.subarray(start, start + length);
    },
    u8: () => view.getUint8(take(1)),
    u16: () => view.getUint16(take(2), true),
    u32: () => view.getUint32(take(4), true),
    i32: () => view.getInt32(take(4), true),
    length64: () => Number(view.getBigUint64(take(8), true)),
    f64be: () => view.getFloat64(take(8), false),
    line: () => {
      const end = bytes.indexOf(10, at);
      if (end < 0) throw dataError(path, `expected a line end after byte ${at}, got none`);
      const text = Buffer.from(bytes.subarray(at, end)).toString('latin1');
      at = end + 1;
      return text;
    },
  };
}

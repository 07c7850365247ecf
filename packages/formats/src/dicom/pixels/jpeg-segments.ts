/** The segments before a JPEG scan -> its tables, and the scan's coded bytes (ITU T.81 B.2). One grey component, Huffman coded. */
import { createHuffman, type Huffman } from './huffman.ts';

export type JpegTables = {
  /** Steps in the order of the stream, by identifier. */
  readonly quantization: Map<number, readonly number[]>;
  /** By class (0: DC and lossless, 1: AC) * 16 + identifier. */
  readonly huffman: Map<number, Huffman>;
  /** Units of data between restart markers; 0: there are none. */
  restartInterval: number;
  frame: JpegFrame;
};

export type JpegFrame = {
  readonly bits: number;
  readonly width: number;
  readonly height: number;
  /** Identifier of the component's quantization. */
  readonly quantization: number;
};

export type JpegScan = {
  readonly tables: JpegTables;
  /** What follows the segments. */
  readonly coded: Uint8Array;
  /** Identifiers of the component's tables. */
  readonly dc: number;
  readonly ac: number;
  /** First coefficient, or the predictor of a lossless scan. */
  readonly selection: number;
  /** Bits that a lossless scan leaves out at the low end. */
  readonly pointTransform: number;
};

/** Reads up to the first scan. @throws an error if there is none, or it has several components. */
export function readJpegScan(bytes: Uint8Array): JpegScan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frame = { bits: 0, width: 0, height: 0, quantization: 0 };
  const tables: JpegTables = {
    quantization: new Map(),
    huffman: new Map(),
    restartInterval: 0,
    frame,
  };
  for (let at = 2; at + 4 <= bytes.length; ) {
    const [marker, length] = [view.getUint16(at), view.getUint16(at + 2)];
    const segment = bytes.subarray(at + 4, at + 2 + length);
    at += marker === 0xffff ? 1 : 2 + length; // a fill byte, or a segment
    if (marker === 0xffda) return scanOf(bytes.subarray(at), segment, tables);
    segmentReaders[marker]?.(segment, tables);
  }
  throw new Error('a JPEG stream without scan');
}

function scanOf(coded: Uint8Array, segment: Uint8Array, tables: JpegTables): JpegScan {
  if (segment[0] !== 1 || segment.length < 6) throw new Error('a JPEG scan of several components');
  return {
    tables,
    coded,
    dc: segment[2]! >> 4,
    ac: 16 + (segment[2]! & 15),
    selection: segment[3]!,
    pointTransform: segment[5]! & 15,
  };
}

/** What each marker before the scan sets; others are comments and applications' data. */
const segmentReaders: Readonly<Record<number, (segment: Uint8Array, tables: JpegTables) => void>> =
  {
    65499: readQuantization,
    65476: readHuffman,
    65501: (segment, tables) => {
      tables.restartInterval = wordAt(segment, 0);
    },
    65473: readFrame,
    65475: readFrame,
  };

const wordAt = (segment: Uint8Array, at: number) => segment[at]! * 256 + segment[at + 1]!;

function readFrame(segment: Uint8Array, tables: JpegTables): void {
  tables.frame = {
    bits: segment[0]!,
    height: wordAt(segment, 1),
    width: wordAt(segment, 3),
    quantization: segment[8]!,
  };
}

function readQuantization(segment: Uint8Array, { quantization }: JpegTables): void {
  for (let at = 0; at < segment.length; ) {
    const [isWide, id] = [segment[at]! >> 4 !== 0, segment[at]! & 15];
    const first = at + 1;
    const steps = Array.from({ length: 64 }, (_, i) =>
      isWide ? wordAt(segment, first + 2 * i) : segment[first + i]!,
    );
    quantization.set(id, steps);
    at += isWide ? 129 : 65;
  }
}

function readHuffman(segment: Uint8Array, { huffman }: JpegTables): void {
  for (let at = 0; at < segment.length; ) {
    const counts = segment.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    huffman.set(segment[at]!, createHuffman(counts, segment.subarray(at + 17, at + 17 + total)));
    at += 17 + total;
  }
}

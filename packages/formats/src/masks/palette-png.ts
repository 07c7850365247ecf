/** PNG files with a palette: their indices, which image libraries turn into colors. */
import { crc32 } from 'node:zlib';

/** A palette file that can be decoded as grey. */
export type Palette = {
  /** The same file as a grey PNG whose samples are the indices, spread over 0..255 where it has fewer than 8 bits. */
  readonly asGrey: Buffer;
  /** Index of a decoded sample. If another entry than the first is the black one, both change places: some writers sort palettes. */
  readonly levelOf: (sample: number) => number;
};

const signatureBytes = 8;
const dropped = new Set(['PLTE', 'tRNS', 'iCCP', 'gAMA', 'cHRM', 'sRGB', 'sBIT', 'bKGD', 'hIST']);

/** undefined for any other file, damaged ones included: their reader says what is wrong. */
export function readPalette(bytes: Buffer): Palette | undefined {
  const colorType = 25; // byte of IHDR
  if (bytes.toString('latin1', 1, 4) !== 'PNG' || bytes[colorType] !== 3) return undefined;
  const bits = bytes[24]!;
  const chunks = listChunks(bytes);
  const colors = chunks.find(({ name }) => name === 'PLTE')?.data;
  if (colors === undefined) return undefined;
  const header = Buffer.from(chunks[0]!.data);
  header[9] = 0; // grey
  const kept = chunks.slice(1).filter(({ name }) => !dropped.has(name));
  const asGrey = Buffer.concat([
    bytes.subarray(0, signatureBytes),
    writeChunk('IHDR', header),
    ...kept.map(({ whole }) => whole),
  ]);
  const black = blackEntry(colors);
  const spread = 255 / (2 ** bits - 1);
  const levelOf = (sample: number) => {
    const index = Math.round(sample / spread);
    return index === black ? 0 : index === 0 ? black : index;
  };
  return { asGrey, levelOf };
}

type Chunk = {
  readonly name: string;
  readonly data: Buffer;
  /** With length and checksum, damaged or cut short as it is. */
  readonly whole: Buffer;
};

function listChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = signatureBytes; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    chunks.push({ name, data, whole: bytes.subarray(at, at + length + 12) });
    at += length + 12;
  }
  return chunks;
}

function writeChunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

/** The first entry if it is black or if none is. */
function blackEntry(colors: Buffer): number {
  for (let i = 0; i * 3 + 2 < colors.length; i++)
    if (colors[i * 3] === 0 && colors[i * 3 + 1] === 0 && colors[i * 3 + 2] === 0) return i;
  return 0;
}

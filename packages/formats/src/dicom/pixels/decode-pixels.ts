/** Pixel data of each transfer syntax -> stored values. */
import { dataError } from '@radiograph/graph';
import type { DataSet, Element } from 'dicom-parser';
import { guard } from '../../reading/guard.ts';
import type { DicomHeader } from '../header.ts';
import type { DicomFile } from '../parse-dicom.ts';
import { type Coding, refusedSyntaxes, syntaxes } from '../syntaxes.ts';
import { decodeStream, type Samples } from './decode-stream.ts';
import { decodeRunLengths } from './run-lengths.ts';
import { readJpeg2000Facts, readJpegFacts, type StreamFacts } from './stream-facts.ts';

/** Stored values of a frame, and which bits of them count. */
export type Stored = {
  /** `[height * width]`, as they lie in the file, not yet signed. */
  readonly samples: Samples;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly notes: readonly string[];
};

/** The bytes of the one frame, and what they are. */
type Encoded = {
  readonly bytes: Uint8Array;
  readonly header: DicomHeader;
  readonly path: string;
  /** Value representation of the pixel data, if the file says it. */
  readonly vr: string | undefined;
};

const decoders: Readonly<Record<Coding, (encoded: Encoded) => Promise<Stored>>> = {
  little: async (encoded) => asStored(encoded, readRaw(encoded, true)),
  big: async (encoded) => asStored(encoded, readRaw(encoded, false)),
  'run-lengths': async (encoded) =>
    asStored(encoded, decodeRunLengths(encoded.bytes, encoded.header, encoded.path)),
  jpeg: (encoded) => decodeCompressed(encoded, readJpegFacts),
  'jpeg-ls': (encoded) => decodeCompressed(encoded, readJpegFacts),
  'jpeg-2000': (encoded) => decodeCompressed(encoded, readJpeg2000Facts),
};

/** Stored values of the only frame. @throws a data error for a transfer syntax that is not read, and for damaged pixel data. */
export async function decodePixels(file: DicomFile, header: DicomHeader): Promise<Stored> {
  const { path, dataSet } = file;
  const syntax = syntaxes.get(header.transferSyntax);
  if (syntax === undefined) {
    const name = refusedSyntaxes.get(header.transferSyntax) ?? 'unknown';
    throw dataError(
      path,
      `expected uncompressed, RLE, JPEG, JPEG-LS or JPEG 2000 pixels, got ${name} (${header.transferSyntax}): convert with dcmdjpeg or gdcmconv --raw`,
    );
  }
  const element = dataSet.elements.x7fe00010!; // the header requires it
  const isRaw = syntax.coding === 'little' || syntax.coding === 'big';
  if (isRaw !== (element.fragments === undefined))
    throw dataError(
      path,
      `expected ${syntax.name} pixels, as its transfer syntax says, got ${isRaw ? 'compressed' : 'uncompressed'} ones`,
    );
  const encoded = { bytes: frameOf(dataSet, element), header, path, vr: element.vr };
  const stored = await guard(path, `whole ${syntax.name} pixel data`, () =>
    decoders[syntax.coding](encoded),
  );
  return requireCount(stored, header, path);
}

function requireCount(stored: Stored, { size }: DicomHeader, path: string): Stored {
  const expected = size[0] * size[1];
  if (stored.samples.length === expected) return stored;
  throw dataError(
    path,
    `expected ${expected} pixels (${size.join('x')}), got ${stored.samples.length}`,
  );
}

/** All fragments of the frame, one after the other. */
function frameOf({ byteArray }: DataSet, { fragments, dataOffset, length }: Element): Uint8Array {
  if (fragments === undefined) return byteArray.subarray(dataOffset, dataOffset + length);
  return Buffer.concat(
    fragments.map((part) => byteArray.subarray(part.position, part.position + part.length)),
  );
}

function asStored({ header }: Encoded, samples: Samples): Stored {
  return { samples, bitsStored: header.bitsStored, highBit: header.highBit, notes: [] };
}

function readRaw({ bytes, header, path, vr }: Encoded, isLittle: boolean): Samples {
  const count = header.size[0] * header.size[1];
  const needed = (count * header.bitsAllocated) / 8;
  if (bytes.length < needed)
    throw dataError(
      path,
      `expected ${needed} bytes of pixels, got ${bytes.length}: the file is truncated`,
    );
  // In words of 16 bits, big endian, the first of two pixels of 8 bits lies in the low byte (PS3.5 A.2 and figure D.1).
  if (header.bitsAllocated === 8)
    return isLittle || vr !== 'OW' ? bytes.slice(0, count) : swapPairs(bytes).slice(0, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, isLittle));
}

const swapPairs = (bytes: Uint8Array) => Uint8Array.from(bytes, (_, i) => bytes[i ^ 1] ?? 0);

async function decodeCompressed(
  { bytes, header }: Encoded,
  readFacts: (bytes: Uint8Array) => StreamFacts,
): Promise<Stored> {
  const facts = readFacts(bytes);
  requireAgreement(facts, header);
  return { samples: await decodeStream(bytes, facts), ...bitsOf(facts, header) };
}

/** @throws if stream and header are about different images. */
function requireAgreement(
  facts: StreamFacts,
  { size, bitsAllocated, isSigned }: DicomHeader,
): void {
  const { width, height, components, bits } = facts;
  if (height !== size[0] || width !== size[1])
    throw new Error(`a stream of ${height}x${width} pixels in an image of ${size.join('x')}`);
  if (components !== 1) throw new Error(`a stream of ${components} components, not a grey one`);
  if (bits > bitsAllocated)
    throw new Error(`a stream of ${bits} bits in an image of ${bitsAllocated}`);
  if (facts.isSigned && !isSigned)
    throw new Error('a stream of signed samples in an image of unsigned ones');
}

/**
 * Which bits count. A stream as deep as the words in the header holds those words, high bit and all. Any other depth is the stream's own: where
 * the header names another one, the stream, which was decoded, is right.
 */
function bitsOf({ bits }: StreamFacts, header: DicomHeader): Omit<Stored, 'samples'> {
  const { bitsStored, highBit, bitsAllocated } = header;
  if (bits === bitsAllocated) return { bitsStored, highBit, notes: [] };
  const note = `names ${bitsStored} stored bits, its pixels have ${bits}: read as ${bits} bits`;
  return { bitsStored: bits, highBit: bits - 1, notes: bits === bitsStored ? [] : [note] };
}

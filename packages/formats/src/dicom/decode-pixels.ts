/// <reference path="./openjpeg.d.ts" />
/** Pixel data of each transfer syntax -> stored values. */
import { dataError } from '@radiograph/graph';
import type { DataSet, Element } from 'dicom-parser';
import type { DicomHeader } from './header.ts';
import { decodeRunLengths } from './run-lengths.ts';

/** The bytes of the one frame, and what they are. */
type Encoded = { readonly bytes: Uint8Array; readonly header: DicomHeader; readonly path: string };
/** `[height * width]` stored values as they lie in the file, not yet signed. */
type Decode = (encoded: Encoded) => Promise<Uint8Array | Uint16Array>;

/** Transfer syntaxes that are read, by UID; any other is refused by its name. */
const decoders: Readonly<Record<string, Decode>> = {
  '1.2.840.10008.1.2': async (encoded) => readRaw(encoded, true), // implicit VR, little endian
  '1.2.840.10008.1.2.1': async (encoded) => readRaw(encoded, true), // explicit VR, little endian
  '1.2.840.10008.1.2.1.99': async (encoded) => readRaw(encoded, true), // the same, deflated
  '1.2.840.10008.1.2.2': async (encoded) => readRaw(encoded, false), // explicit VR, big endian
  '1.2.840.10008.1.2.4.50': decodeJpeg,
  '1.2.840.10008.1.2.4.90': decodeJpeg2000, // lossless
  '1.2.840.10008.1.2.4.91': decodeJpeg2000,
  '1.2.840.10008.1.2.5': async ({ bytes, header, path }) => decodeRunLengths(bytes, header, path),
};

const otherNames: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.51': 'JPEG Extended (12 bit)',
  '1.2.840.10008.1.2.4.57': 'JPEG Lossless',
  '1.2.840.10008.1.2.4.70': 'JPEG Lossless, first-order prediction',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS lossless',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS',
  '1.2.840.10008.1.2.4.201': 'High-Throughput JPEG 2000 lossless',
  '1.2.840.10008.1.2.4.203': 'High-Throughput JPEG 2000',
};

/** Stored values of the only frame. @throws a data error for a transfer syntax that is not read, and for damaged pixel data. */
export async function decodePixels(
  dataSet: DataSet,
  header: DicomHeader,
  path: string,
): Promise<Uint8Array | Uint16Array> {
  const decode = Object.hasOwn(decoders, header.transferSyntax)
    ? decoders[header.transferSyntax]
    : undefined;
  if (decode === undefined) {
    const name = otherNames[header.transferSyntax] ?? 'unknown';
    throw dataError(
      path,
      `expected uncompressed, RLE, JPEG baseline or JPEG 2000 pixels, got ${name} (${header.transferSyntax}): convert with dcmdjpeg or gdcmconv --raw`,
    );
  }
  const element = dataSet.elements.x7fe00010;
  if (element === undefined) throw dataError(path, 'expected pixel data, got none');
  const pixels = await decode({ bytes: frameOf(dataSet, element), header, path });
  const expected = header.size[0] * header.size[1];
  if (pixels.length !== expected)
    throw dataError(
      path,
      `expected ${expected} pixels (${header.size.join('x')}), got ${pixels.length}`,
    );
  return pixels;
}

/** All fragments of the frame, one after the other. */
function frameOf({ byteArray }: DataSet, { fragments, dataOffset, length }: Element): Uint8Array {
  if (fragments === undefined) return byteArray.subarray(dataOffset, dataOffset + length);
  return Buffer.concat(
    fragments.map((part) => byteArray.subarray(part.position, part.position + part.length)),
  );
}

function readRaw({ bytes, header, path }: Encoded, isLittle: boolean): Uint8Array | Uint16Array {
  const count = header.size[0] * header.size[1];
  const needed = (count * header.bitsAllocated) / 8;
  if (bytes.length < needed)
    throw dataError(
      path,
      `expected ${needed} bytes of pixels, got ${bytes.length}: the file is truncated`,
    );
  if (header.bitsAllocated === 8) return bytes.slice(0, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(2 * i, isLittle));
}

async function decodeJpeg({ bytes, path }: Encoded): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  try {
    const image = sharp(bytes, { failOn: 'warning' });
    const { channels } = await image.metadata();
    if (channels !== 1) throw new Error(`${channels} channels`);
    return new Uint8Array(await image.toColourspace('b-w').raw().toBuffer());
  } catch (cause) {
    throw dataError(path, `expected a whole grey JPEG as pixel data, got: ${String(cause)}`, {
      cause,
    });
  }
}

let codec: ReturnType<typeof openCodec> | undefined;

async function openCodec() {
  const { default: open } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
  const quiet = () => undefined; // it would write [INFO] lines to stdout
  return open({ print: quiet, printErr: quiet });
}

async function decodeJpeg2000({ bytes, path }: Encoded): Promise<Uint8Array | Uint16Array> {
  codec ??= openCodec();
  const { J2KDecoder } = await codec;
  const decoder = new J2KDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { bitsPerSample, componentCount } = decoder.getFrameInfo();
    if (componentCount !== 1) throw new Error(`${componentCount} components`);
    const copy = decoder.getDecodedBuffer().slice(); // the codec's memory is used again
    return bitsPerSample <= 8 ? copy : new Uint16Array(copy.buffer);
  } catch (cause) {
    // OpenJPEG throws numbers: addresses of C++ exceptions.
    const why = cause instanceof Error ? cause.message : 'a stream that OpenJPEG refuses';
    throw dataError(path, `expected whole JPEG 2000 pixel data, got: ${why}`, { cause });
  } finally {
    decoder.delete();
  }
}

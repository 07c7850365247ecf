/** One compressed grey frame -> its samples, by the decoder of its process. */
import { decodeDct12 } from './decode-dct12.ts';
import { decodeLossless } from './decode-lossless.ts';
import type { Process, StreamFacts } from './stream-facts.ts';
import { decodeWithWasm } from './wasm-codecs.ts';

/** `[height * width]` samples as the stream has them, not yet signed. */
export type Samples = Uint8Array | Uint16Array;

const decoders: Readonly<
  Record<Process, (bytes: Uint8Array) => Promise<Uint8Array | Uint16Array>>
> = {
  dct: decodeDct,
  'dct-12': async (bytes) => decodeDct12(bytes),
  lossless: async (bytes) => decodeLossless(bytes),
  'jpeg-ls': (bytes) => decodeWithWasm('jpeg-ls', bytes),
  'jpeg-2000': (bytes) => decodeWithWasm('jpeg-2000', bytes),
  htj2k: (bytes) => decodeWithWasm('htj2k', bytes),
};

/** Decodes a frame. @throws whatever its decoder throws; callers guard. */
export async function decodeStream(bytes: Uint8Array, facts: StreamFacts): Promise<Samples> {
  const decoded = await decoders[facts.process](bytes);
  if (decoded instanceof Uint16Array || facts.bits <= 8) return decoded;
  return new Uint16Array(decoded.buffer, decoded.byteOffset, decoded.byteLength / 2);
}

/** JPEG of 8 bits by libjpeg: the numbers of the stream, whatever color profile lies in it. */
async function decodeDct(bytes: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const image = sharp(bytes, { failOn: 'warning', ignoreIcc: true });
  const grey = image.pipelineColourspace('b-w').toColourspace('b-w');
  return new Uint8Array(await grey.raw().toBuffer());
}

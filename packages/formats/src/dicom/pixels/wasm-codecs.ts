/// <reference path="./codecs.d.ts" />
/** The WebAssembly decoders of Cornerstone: each is opened once, when the first stream needs it. */
import type { FrameDecoder } from '@cornerstonejs/codec-openjpeg/decodewasmjs';

/** Makes a decoder for one frame. */
type Open = () => Promise<typeof FrameDecoder>;

/** They would write [INFO] lines to stdout. Each codec keeps the object that it is given, so none may be shared. */
const quiet = () => ({ print: () => undefined, printErr: () => undefined });

const openers = {
  'jpeg-ls': async () =>
    (await (await import('@cornerstonejs/codec-charls/decodewasmjs')).default(quiet()))
      .JpegLSDecoder,
  'jpeg-2000': async () =>
    (await (await import('@cornerstonejs/codec-openjpeg/decodewasmjs')).default(quiet()))
      .J2KDecoder,
  htj2k: async () =>
    (await (await import('@cornerstonejs/codec-openjph/wasmjs')).default(quiet())).HTJ2KDecoder,
} satisfies Record<string, Open>;

const opened = new Map<string, ReturnType<Open>>();

/** Decodes one frame to its bytes, little endian. @throws whatever the codec throws, also numbers. */
export async function decodeWithWasm(
  process: keyof typeof openers,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const Decoder = await (opened.get(process) ?? open(process));
  const decoder = new Decoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    return decoder.getDecodedBuffer().slice(); // the codec's memory is used again
  } finally {
    decoder.delete();
  }
}

function open(process: keyof typeof openers): ReturnType<Open> {
  const opening = openers[process]();
  opened.set(process, opening);
  return opening;
}

/** What a compressed stream says of itself, before anything is decoded or allocated. */

/** The process of a stream, which decides who decodes it. */
export type Process =
  | 'dct' // baseline, extended and progressive DCT of 8 bits
  | 'dct-12' // extended sequential DCT of 12 bits
  | 'lossless' // JPEG process 14
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'htj2k';

export type StreamFacts = {
  readonly process: Process;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Precision of the samples. */
  readonly bits: number;
  readonly isSigned: boolean;
};

/** Reads the frame header of a JPEG or JPEG-LS stream (ITU T.81 B.2.2, T.87 C.2.2). @throws if there is none, or the stream has no end. */
export function readJpegFacts(bytes: Uint8Array): StreamFacts {
  const view = viewOf(bytes);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) throw new Error('no JPEG stream');
  if (!endsWith(bytes, 0xffd9)) throw new Error('a JPEG stream without its end: it is cut short');
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw new Error(`no JPEG marker at byte ${at}`);
    const marker = bytes[at + 1]!;
    if (marker === 0xff)
      at += 1; // a fill byte
    else if (isFrame(marker)) return frameFacts(view, at, marker);
    else at += 2 + view.getUint16(at + 2);
  }
  throw new Error('no JPEG frame header');
}

/** SOF0 to SOF15 but the tables DHT, JPG and DAC that lie between them; SOF55 is JPEG-LS. */
const isFrame = (marker: number) =>
  marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));

function frameFacts(view: DataView, at: number, marker: number): StreamFacts {
  const [bits, height, width] = [
    view.getUint8(at + 4),
    view.getUint16(at + 5),
    view.getUint16(at + 7),
  ];
  const process = processOf(marker, bits);
  return { process, width, height, components: view.getUint8(at + 9), bits, isSigned: false };
}

function processOf(marker: number, bits: number): Process {
  if (marker === 0xf7) return 'jpeg-ls';
  if (marker === 0xc3) return 'lossless';
  if (marker <= 0xc2 && bits === 8) return 'dct';
  if (marker === 0xc1 && bits === 12) return 'dct-12';
  throw new Error(`JPEG process SOF${marker - 0xc0} of ${bits} bits, which no kept decoder reads`);
}

/** Reads the size marker of a JPEG 2000 codestream, bare or in a JP2 file (ISO 15444-1 A.5.1, annex I). @throws if it is cut short. */
export function readJpeg2000Facts(bytes: Uint8Array): StreamFacts {
  const stream = codestreamOf(bytes);
  const view = viewOf(stream);
  if (stream.length < 44 || view.getUint32(0) !== 0xff4fff51)
    throw new Error('no JPEG 2000 stream');
  const sizes = [8, 12, 16, 20].map((at) => view.getUint32(at));
  const [right, bottom, left, top] = sizes as [number, number, number, number];
  requireTileParts(view);
  return {
    process: (view.getUint16(6) & 0x4000) === 0 ? 'jpeg-2000' : 'htj2k', // Rsiz, bit 14: part 15
    width: right - left,
    height: bottom - top,
    components: view.getUint16(40),
    bits: (stream[42]! & 0x7f) + 1,
    isSigned: stream[42]! > 0x7f,
  };
}

function codestreamOf(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  if (bytes.length < 12 || view.getUint32(4) !== 0x6a502020) return bytes; // not 'jP  '
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x6a703263) return bytes.subarray(at + 8); // 'jp2c'
    if (length < 8) break;
    at += length;
  }
  throw new Error('a JP2 file without codestream');
}

/** OpenJPEG fills what is missing with black and says nothing, so every tile part must be there (A.4.2). */
function requireTileParts(view: DataView): void {
  let at = 2;
  while (view.getUint16(at) !== 0xff90) at += 2 + view.getUint16(at + 2); // to the first SOT
  while (view.getUint16(at) === 0xff90) {
    const length = view.getUint32(at + 6); // Psot; 0: to the end
    if (length === 0) at = endOf(view);
    else if (length < 14) throw new Error(`a tile part of ${length} bytes`);
    else at += length;
    if (at + 2 > view.byteLength) throw new Error('a JPEG 2000 stream that is cut short');
  }
}

/** Where the end marker must lie; a padding byte may follow it. */
function endOf(view: DataView): number {
  const last = view.byteLength - 2;
  for (const at of [last, last - 1]) if (view.getUint16(at) === 0xffd9) return at;
  throw new Error('a JPEG 2000 stream that is cut short');
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Whether the marker ends the stream; fragments are padded with zeros. */
function endsWith(bytes: Uint8Array, marker: number): boolean {
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end -= 1;
  return bytes[end - 2] === marker >> 8 && bytes[end - 1] === (marker & 0xff);
}

/**
 * JPEG extended sequential of 12 bits (ITU T.81 process 4, transfer syntax .51), one grey component.
 *
 * No kept package decodes it: libjpeg-turbo's WebAssembly build and sharp have 8 bits alone. The inverse DCT is the integer one of Loeffler,
 * Ligtenberg and Moschytz (ICASSP 1989) with the constants and roundings of the Independent JPEG Group, so pixels equal dcmtk's to the bit.
 */
import { openBits } from './huffman.ts';
import { inverseDct, zigzag } from './inverse-dct.ts';
import { readJpegScan } from './jpeg-segments.ts';

/** Decodes a stream to `[height * width]` samples of 12 bits. @throws an error for what is no such stream. */
export function decodeDct12(bytes: Uint8Array): Uint16Array {
  const { tables, coded, dc: dcId, ac: acId } = readJpegScan(bytes);
  const { width, height, quantization } = tables.frame;
  const [dc, ac] = [tables.huffman.get(dcId), tables.huffman.get(acId)];
  const steps = tables.quantization.get(quantization);
  if (!steps || !dc || !ac) throw new Error('a JPEG scan without its tables');
  const out = new Uint16Array(width * height);
  const bits = openBits(coded);
  const block = new Int32Array(64);
  const across = Math.ceil(width / 8);
  const count = across * Math.ceil(height / 8);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    if (tables.restartInterval > 0 && i > 0 && i % tables.restartInterval === 0) {
      bits.restart();
      previous = 0;
    }
    block.fill(0);
    previous += bits.signed(bits.symbol(dc));
    block[0] = previous * steps[0]!;
    readCoefficients(block, steps, () => bits.symbol(ac), bits.signed);
    inverseDct(block);
    place(block, out, { width, height, left: (i % across) * 8, top: Math.floor(i / across) * 8 });
  }
  return out;
}

/** Run lengths and values of the 63 coefficients behind the first (T.81 F.2.2.2), multiplied by their quantization steps. */
function readCoefficients(
  block: Int32Array,
  steps: readonly number[],
  nextSymbol: () => number,
  signed: (size: number) => number,
): void {
  for (let k = 1; k < 64; k++) {
    const symbol = nextSymbol();
    const [run, size] = [symbol >> 4, symbol & 15];
    if (size === 0 && run !== 15) return; // end of block
    k += run;
    if (size === 0) continue; // 16 zeros
    if (k > 63) throw new Error('more than 64 coefficients in a block');
    block[zigzag[k]!] = signed(size) * steps[k]!;
  }
}

type Place = {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
};

/** Copies the part of a block that lies in the image, shifted up to 0..4095. */
function place(block: Int32Array, out: Uint16Array, { width, height, left, top }: Place): void {
  for (let y = 0; y < 8 && top + y < height; y++)
    for (let x = 0; x < 8 && left + x < width; x++)
      out[(top + y) * width + left + x] = Math.min(4095, Math.max(0, block[8 * y + x]! + 2048));
}

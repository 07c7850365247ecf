/** Huffman codes and bits of a JPEG scan (ITU T.81 annexes C and F.2.2). */

export type Huffman = {
  /** By length 1 to 16: the largest code of that length, -1 if there is none; and the index of the symbol of code 0. */
  readonly largest: readonly number[];
  readonly offset: readonly number[];
  readonly symbols: Uint8Array;
};

/** Builds a table from the number of codes of each length, 1 to 16, and their symbols. */
export function createHuffman(counts: Uint8Array, symbols: Uint8Array): Huffman {
  const [largest, offset]: [number[], number[]] = [[-1], [0]];
  let [code, first] = [0, 0];
  for (const count of counts) {
    offset.push(first - code);
    code += count;
    largest.push(count > 0 ? code - 1 : -1);
    first += count;
    code *= 2;
  }
  return { largest, offset, symbols };
}

export type Bits = {
  /** The next symbol. @throws an error if no code fits. */
  readonly symbol: (table: Huffman) => number;
  /** The next `size` bits as a signed number (T.81 F.2.2.1, EXTEND). */
  readonly signed: (size: number) => number;
  /** Goes behind the next restart marker. */
  readonly restart: () => void;
};

/** Reads the bits of a scan. A byte of 255 is followed by 0, else by a marker, where the data ends. @throws an error at its end. */
export function openBits(coded: Uint8Array): Bits {
  let [at, held, left] = [0, 0, 0];
  const bit = (): number => {
    if (left === 0) {
      if (at >= coded.length || (coded[at] === 255 && coded[at + 1] !== 0))
        throw new Error('a JPEG scan that is cut short');
      held = coded[at]!;
      at += held === 255 ? 2 : 1;
      left = 8;
    }
    left -= 1;
    return (held >> left) & 1;
  };
  return {
    symbol: ({ largest, offset, symbols }) => {
      for (let [length, code] = [1, bit()]; length <= 16; length++, code = code * 2 + bit())
        if (code <= largest[length]!) return symbols[offset[length]! + code]!;
      throw new Error('a code that is in no Huffman table');
    },
    signed: (size) => {
      let value = 0;
      for (let i = 0; i < size; i++) value = value * 2 + bit();
      return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
    },
    restart: () => {
      left = 0;
      if (coded[at] !== 255 || (coded[at + 1]! & 0xf8) !== 0xd0)
        throw new Error('a JPEG scan without its restart marker');
      at += 2;
    },
  };
}

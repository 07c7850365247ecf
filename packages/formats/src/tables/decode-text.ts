/** Bytes of a text file -> text, by the encoding that they are in. */
import { dataError } from '@radiograph/graph';

/** Text, and how it was encoded: for people. */
export type DecodedText = { readonly text: string; readonly encoding: string };

const byteOrderMarks = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/**
 * Decodes UTF-8, UTF-16 (by its byte order mark, or by its zero bytes) and, where bytes are not UTF-8, Latin-1 (Windows-1252, which
 * spreadsheets write). The mark is cut off.
 *
 * @throws a data error at `path` for bytes that are no text.
 */
export function decodeText(bytes: Uint8Array, path: string): DecodedText {
  const marked = byteOrderMarks.find((mark) => mark.bytes.every((byte, i) => bytes[i] === byte));
  if (marked !== undefined) return decodeAs(marked.encoding, bytes, path);
  const guessed = guessUtf16(bytes);
  if (guessed !== undefined) return decodeAs(guessed, bytes, path);
  try {
    return decodeAs('utf-8', bytes, path);
  } catch {
    return decodeAs('windows-1252', bytes, path);
  }
}

function decodeAs(encoding: string, bytes: Uint8Array, path: string): DecodedText {
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw dataError(path, `expected ${encoding} text, got bytes that are none`, { cause });
  }
  const zero = text.indexOf('\0');
  if (zero < 0) return { text, encoding };
  throw dataError(path, `expected text, got a zero byte at character ${zero + 1}`);
}

/** Latin letters in UTF-16 have a zero in every second byte. */
function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const head = bytes.subarray(0, 512);
  const zeros = [0, 0];
  for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2]!++;
  const [even, odd] = zeros as [number, number];
  if (odd > head.length / 4 && even === 0) return 'utf-16le';
  if (even > head.length / 4 && odd === 0) return 'utf-16be';
  return undefined;
}

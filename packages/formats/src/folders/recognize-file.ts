/** What a file is, by its first bytes, whatever its name says. */
import { open } from 'node:fs/promises';

/** Kinds that are told apart. */
export type FileKind =
  | 'png'
  | 'jpeg'
  | 'dicom'
  | 'tiff'
  | 'bmp'
  | 'gif'
  | 'webp'
  | 'nifti'
  | 'zip'
  | 'gzip'
  | 'other';

const headBytes = 352; // a DICOM file says DICM at 128, a NIfTI file n+1 at 344

const signatures: readonly (readonly [FileKind, at: number, bytes: string])[] = [
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['jpeg', 0, '\xff\xd8\xff'],
  ['dicom', 128, 'DICM'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['webp', 8, 'WEBP'],
  ['gif', 0, 'GIF8'],
  ['bmp', 0, 'BM'],
  ['zip', 0, 'PK\x03\x04'],
  ['gzip', 0, '\x1f\x8b'],
  ['nifti', 344, 'n+1\0'],
];

/** Recognizes a file by its first bytes. A file that cannot be opened throws as `open` does. */
export async function recognizeFile(path: string): Promise<FileKind> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return recognizeBytes(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Recognizes a file by its first bytes, at least 352 of them if it has as many. */
export function recognizeBytes(head: Uint8Array): FileKind {
  const text = Buffer.from(head).toString('latin1');
  const known = signatures.find(([, at, bytes]) => text.startsWith(bytes, at));
  if (known !== undefined) return known[0];
  return startsAsDicom(head, text) ? 'dicom' : 'other';
}

const representations =
  /^(AE|AS|AT|CS|DA|DS|DT|FD|FL|IS|LO|LT|OB|OD|OF|OW|PN|SH|SL|SQ|SS|ST|TM|UI|UL|UN|US|UT)/;

/** A DICOM data set without preamble (PS3.10 forbids it, old scanners write it): an element of group 2 or 8, little endian. */
function startsAsDicom(head: Uint8Array, text: string): boolean {
  if (head.length < 16) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [group, element] = [view.getUint16(0, true), view.getUint16(2, true)];
  if ((group !== 2 && group !== 8) || element > 0x18) return false;
  const isExplicit = representations.test(text.slice(4, 6));
  return isExplicit || view.getUint32(4, true) <= 128;
}

/** DICOM radiographs (CR, DX) -> grey images: bright is dense, as in the PNG and JPEG data sets. */

import type { GreyImage } from '../images/read-image.ts';
import { guard } from '../reading/guard.ts';
import { toGrey, type WindowChoice } from './grey/to-grey.ts';
import { type DicomHeader, readHeader } from './header.ts';
import { parseDicom } from './parse-dicom.ts';
import { decodePixels } from './pixels/decode-pixels.ts';

/** Reads the attributes alone. @throws a data error at `path`. */
export function readDicomHeader(bytes: Uint8Array, path: string): DicomHeader {
  return guard(path, 'a DICOM image', () => readHeader(parseDicom(bytes, path)));
}

/**
 * Decodes a single-frame grey DICOM file: uncompressed, deflated, RLE, JPEG (baseline, extended, lossless), JPEG-LS, JPEG 2000 and HTJ2K.
 *
 * Modality LUT or rescale, then the VOI LUT or window, then MONOCHROME1 is turned around: the pixels that pydicom and dcmtk give, rounded
 * to the nearest. 16 bits where more than 8 are stored or a table has more, else 8.
 * @throws a data error at `path` for other files, other transfer syntaxes, color, several frames, damaged ones, and attributes
 * that the pixels depend on and that cannot be read.
 */
export async function readDicom(
  bytes: Uint8Array,
  path: string,
  window: WindowChoice = 'file',
): Promise<GreyImage> {
  return guard(path, 'a DICOM image', async () => {
    const file = parseDicom(bytes, path);
    const header = readHeader(file);
    return toGrey(file, header, await decodePixels(file, header), window);
  });
}

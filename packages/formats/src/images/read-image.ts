/** Image files -> grey pixels. */
import { readFile } from 'node:fs/promises';
import { dataError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';

/** A decoded radiograph or mask: one channel, row-major. */
export type GreyImage = {
  readonly size: Size;
  readonly bitDepth: 8 | 16;
  readonly pixels: Uint8Array | Uint16Array;
};

/** File names that are read; others in a folder are left alone. */
export const imagePattern = /\.(png|jpe?g)$/i;

/** Decodes a PNG or JPEG to grey. 16 bit files keep 16 bits. @throws a data error naming the file if it is damaged or cut short. */
export async function readGreyImage(path: string): Promise<GreyImage> {
  const { default: sharp } = await import('sharp');
  try {
    const file = await readFile(path);
    const image = sharp(file, { failOn: 'warning' });
    const { depth, width, height } = await image.metadata();
    const deep = depth === 'ushort';
    const grey = image.flatten({ background: '#000000' }).toColourspace(deep ? 'grey16' : 'b-w');
    const { data, info } = await grey
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const bytes = new Uint8Array(data); // a copy with its own aligned buffer
    const samples = deep ? new Uint16Array(bytes.buffer) : bytes;
    return {
      size: [height, width],
      bitDepth: deep ? 16 : 8,
      pixels: firstChannel(samples, info.channels),
    };
  } catch (error) {
    throw dataError(path, `expected a whole PNG or JPEG image, got: ${firstLine(error)}`, {
      cause: error,
    });
  }
}

/** libvips collects the messages of all threads: what follows the first line may be about another image. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n', 1)[0]!;
}

/** The depth of a PNG or JPEG from its header; 8 if there is none to read. */
export async function readBitDepth(path: string): Promise<8 | 16> {
  const { default: sharp } = await import('sharp');
  const header = await sharp(path)
    .metadata()
    .catch(() => undefined);
  return header?.depth === 'ushort' ? 16 : 8;
}

function firstChannel<T extends Uint8Array | Uint16Array>(samples: T, channels: number): T {
  if (channels === 1) return samples;
  return samples.filter((_, i) => i % channels === 0) as T; // filter keeps the array's type
}

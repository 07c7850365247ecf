/** A mask file -> levels: the numbers that say what is foreground, whatever way the file stores them. */
import { dataError, RadiographError } from '@radiograph/graph';
import type { Size } from '@radiograph/kinds';
import { readDataFile } from '../folders/read-file.ts';
import { readPalette } from './palette-png.ts';

/** A mask as it is stored. */
export type MaskImage = {
  /** Names the file in errors. */
  readonly path: string;
  readonly size: Size;
  /** EXIF orientation, 1 to 8; 1 = upright, or not said. */
  readonly orientation: number;
  /** What the levels are: grey values, indices of a palette, or colors as 0xRRGGBB. */
  readonly kind: 'grey' | 'index' | 'color';
  /** The level that white has: 255, or 65535 of 16-bit files that use more than 8 of them. */
  readonly white: number;
  /** One per pixel, row-major; 0 is black, transparent, or the palette's black. */
  readonly levels: Uint8Array | Uint16Array | Uint32Array;
};

const expected = 'a PNG or JPEG mask';

/**
 * Reads a mask without turning colors to grey: of a palette the indices count, for their colors are decoration (VOC); of color up to 16
 * different colors, else the brightest channel (a smooth edge in color). Alpha is composed on black; where all that is visible is
 * black, alpha itself is the mask.
 *
 * @throws a data error at `path` for what is not there, no image, damaged, or cut short.
 */
export async function readMask(path: string): Promise<MaskImage> {
  const bytes = await readDataFile(path, expected);
  try {
    return await decodeMask(bytes, path);
  } catch (error) {
    if (error instanceof RadiographError) throw error;
    const why = (error instanceof Error ? error.message : String(error)).trim().split('\n', 1)[0];
    throw dataError(path, `expected ${expected}, got: ${why}`, { cause: error });
  }
}

async function decodeMask(bytes: Buffer, path: string): Promise<MaskImage> {
  const palette = readPalette(bytes);
  const { samples, channels, size, orientation } = await decodeSamples(palette?.asGrey ?? bytes);
  const place = { path, size, orientation };
  if (palette !== undefined)
    return { ...place, kind: 'index', white: 255, levels: samples.map(palette.levelOf) };
  if (channels > 2) return { ...place, ...levelsOfColor(samples, channels) };
  const levels = channels === 1 ? samples : composeAlpha(samples, 2);
  const isDeep = levels.BYTES_PER_ELEMENT > 1 && levels.some((level) => level > 255);
  return { ...place, kind: 'grey', white: isDeep ? 65535 : 255, levels };
}

type Samples = Uint8Array | Uint16Array;

/** The samples as they are stored: no color management, nothing turned. */
async function decodeSamples(bytes: Buffer) {
  const { default: sharp } = await import('sharp');
  const image = sharp(bytes, { failOn: 'warning', ignoreIcc: true });
  const { depth, width, height, space, channels, orientation = 1 } = await image.metadata();
  const isDeep = depth === 'ushort';
  const stored = image.pipelineColourspace(space).toColourspace(space);
  const raw = new Uint8Array(await stored.raw({ depth: isDeep ? 'ushort' : 'uchar' }).toBuffer());
  const samples: Samples = isDeep ? new Uint16Array(raw.buffer) : raw;
  return { samples, channels, size: [height, width] as const, orientation };
}

/** The orientation that an image file asks for; 1 if it does not say, or cannot be read: its reader says that. */
export async function readOrientation(path: string): Promise<number> {
  const { default: sharp } = await import('sharp');
  const header = await sharp(path)
    .metadata()
    .catch(() => undefined);
  return header?.orientation ?? 1;
}

/** Brightest color channel times opacity; opacity alone where nothing but black is visible. */
function composeAlpha(samples: Samples, channels: 2 | 4): Samples {
  const most = samples.BYTES_PER_ELEMENT === 1 ? 255 : 65535;
  const colors = channels - 1;
  const composed = samples.slice(0, samples.length / channels);
  const alpha = samples.slice(0, samples.length / channels);
  for (let i = 0; i < composed.length; i++) {
    let brightest = 0;
    for (let c = 0; c < colors; c++) brightest = Math.max(brightest, samples[i * channels + c]!);
    alpha[i] = samples[i * channels + colors]!;
    composed[i] = Math.round((brightest * alpha[i]!) / most);
  }
  const isDrawnInAlpha = composed.every((level) => level === 0) && alpha.some((a) => a < most);
  return isDrawnInAlpha ? alpha : composed;
}

const mostColors = 16; // of a mask whose colors mean something; a smooth edge has more

function levelsOfColor(
  samples: Samples,
  channels: number,
): Pick<MaskImage, 'kind' | 'white' | 'levels'> {
  const shift = samples.BYTES_PER_ELEMENT === 1 ? 0 : 8;
  const brightest = channels === 4 ? composeAlpha(samples, 4) : undefined;
  const colors = new Uint32Array(samples.length / channels);
  const grey = new Uint8Array(colors.length);
  const seen = new Set<number>();
  let isGrey = true;
  for (let i = 0; i < colors.length; i++) {
    const [r, g, b] = [0, 1, 2].map((c) => samples[i * channels + c]! >> shift) as [
      number,
      number,
      number,
    ];
    const isHidden = brightest !== undefined && samples[i * channels + 3] === 0;
    colors[i] = isHidden ? 0 : (r << 16) | (g << 8) | b;
    grey[i] = brightest === undefined ? Math.max(r, g, b) : brightest[i]! >> shift;
    isGrey &&= isHidden || (r === g && g === b);
    if (seen.size <= mostColors) seen.add(colors[i]!);
  }
  const isDrawnInAlpha = seen.size === 1 && seen.has(0) && grey.some((level) => level > 0);
  if (isGrey || isDrawnInAlpha || seen.size > mostColors)
    return { kind: 'grey', white: 255, levels: grey };
  return { kind: 'color', white: 0xffffff, levels: colors };
}

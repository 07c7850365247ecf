/** Small pictures for node cards and lists: the radiograph, with masks or a map drawn over it. */
import type { MapLayer, MaskLayer } from '@radiograph/api';
import { classColor, decodeRle } from '@radiograph/kinds';
import type { findImage } from './samples.ts';
import { pixelsAt } from './samples.ts';

/** What to draw: an image, and at most one layer. */
export type Picture = {
  readonly image: ReturnType<typeof findImage>;
  readonly layer: MaskLayer | MapLayer | undefined;
  readonly width: number;
  /** Classes to draw, by index; null: all masks, or the map of the most probable class. */
  readonly classes: ReadonlySet<number> | null;
  /** 0..1, of masks and of the strongest point of a map. */
  readonly opacity: number;
};

/** Draws a PNG of this width. */
export async function drawThumbnail(picture: Picture): Promise<Buffer> {
  const { image, layer, width } = picture;
  const { default: sharp } = await import('sharp');
  const { height: rows, width: columns } = image.images;
  const base = grayToRgb(pixelsAt(image), image.images.bitDepth);
  if (layer?.type === 'masks') paintMasks(base, layer, picture);
  if (layer?.type === 'maps') paintMap(base, layer, { ...picture, rows, columns });
  return sharp(base, { raw: { width: columns, height: rows, channels: 3 } })
    .resize({ width, kernel: 'lanczos3', withoutEnlargement: true })
    .png()
    .toBuffer();
}

function grayToRgb(pixels: Uint8Array | Uint16Array, bitDepth: 8 | 16): Uint8Array {
  const rgb = new Uint8Array(pixels.length * 3);
  const shift = bitDepth - 8;
  for (let i = 0; i < pixels.length; i++) rgb.fill(pixels[i]! >> shift, 3 * i, 3 * i + 3);
  return rgb;
}

type Chosen = Pick<Picture, 'classes' | 'opacity'>;

function paintMasks(
  rgb: Uint8Array,
  { masks, height, width }: MaskLayer,
  { classes, opacity }: Chosen,
): void {
  masks.forEach(({ counts }, k) => {
    if (counts === null || classes?.has(k) === false) return;
    const mask = decodeRle(counts, height, width);
    for (let i = 0; i < mask.length; i++)
      if (mask[i] === 1) blendPixel(rgb, i, { color: classColor(k), opacity });
  });
}

/** The map of the class with the highest probability among the chosen ones, nearest neighbor: the grid's true resolution shows. */
function paintMap(
  rgb: Uint8Array,
  { maps, height, width }: MapLayer,
  { rows, columns, classes, opacity }: Chosen & { readonly rows: number; readonly columns: number },
): void {
  const best = maps
    .filter((_, k) => classes?.has(k) !== false)
    .reduce<MapLayer['maps'][number] | undefined>(
      (top, map) => (top === undefined || map.probability > top.probability ? map : top),
      undefined,
    );
  if (best === undefined) return;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [gridY, gridX] = [Math.floor((y * height) / rows), Math.floor((x * width) / columns)];
      const value = best.values[gridY * width + gridX]!;
      blendPixel(rgb, y * columns + x, {
        color: [255, 90 + 130 * value, 0],
        opacity: opacity * value,
      });
    }
  }
}

type Paint = {
  readonly color: readonly [number, number, number];
  readonly opacity: number;
};

function blendPixel(rgb: Uint8Array, pixel: number, { color, opacity }: Paint): void {
  for (let c = 0; c < 3; c++) {
    const at = 3 * pixel + c;
    rgb[at] = rgb[at]! * (1 - opacity) + color[c]! * opacity;
  }
}

/** An RGB picture that is painted pixel by pixel and written as PNG. */
import { drawText } from './font.ts';

export type Color = readonly [red: number, green: number, blue: number];
export type Point = readonly [x: number, y: number];

/** A picture in the making. */
export type Canvas = {
  readonly width: number;
  readonly height: number;
  /** Blends a color over a pixel; outside the picture nothing happens. `opacity` in 0..1. */
  readonly paint: (at: Point, color: Color, opacity?: number) => void;
  readonly write: (
    text: string,
    at: Point,
    style: { readonly color: Color; readonly scale: number },
  ) => void;
  readonly toPng: () => Promise<Uint8Array>;
};

/** Opens a canvas filled with one color. */
export function createCanvas(width: number, height: number, background: Color): Canvas {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = background[i % 3]!;
  const paint: Canvas['paint'] = ([x, y], color, opacity = 1) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const start = (y * width + x) * 3;
    for (let c = 0; c < 3; c++)
      pixels[start + c] = Math.round(pixels[start + c]! * (1 - opacity) + color[c]! * opacity);
  };
  return {
    width,
    height,
    paint,
    write: (text, [left, top], { color, scale }) =>
      drawText(text, scale, (x, y) => paint([left + x, top + y], color)),
    async toPng() {
      const { default: sharp } = await import('sharp');
      const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
        .png({ compressionLevel: 9 })
        .toBuffer();
      return new Uint8Array(png);
    },
  };
}

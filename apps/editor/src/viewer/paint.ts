/** Pixels, masks and maps -> RGBA bytes, row by row. Pure; the stage only scales what these make. */

/** A radiograph's grey values. */
export type GrayImage = {
  readonly height: number;
  readonly width: number;
  readonly bitDepth: 8 | 16;
  readonly pixels: Uint8Array | Uint16Array;
};

/** The grey values that become black and white; between them brightness rises linearly. */
export type Window = { readonly low: number; readonly high: number };
export type Color = readonly [red: number, green: number, blue: number];

/** The window from the darkest to the brightest pixel. */
export function fullWindow({ pixels }: GrayImage): Window {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of pixels) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return pixels.length === 0 ? { low: 0, high: 1 } : { low, high: Math.max(high, low + 1) };
}

/**
 * Moves a window by a drag, as on reading stations: right widens it, down lowers the level.
 * A drag over the whole stage is one range of the image.
 */
export function dragWindow(
  window: Window,
  [dx, dy]: readonly [number, number],
  range: number,
): Window {
  const width = Math.max(1, window.high - window.low + dx * range);
  const level = (window.high + window.low) / 2 + dy * range;
  return { low: level - width / 2, high: level + width / 2 };
}

/** Grey values through the window; inverted if asked for. */
export function paintGray(
  image: GrayImage,
  { low, high }: Window,
  isInverted: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const { pixels } = image;
  const rgba = new Uint8ClampedArray(pixels.length * 4);
  const scale = 255 / Math.max(high - low, 1e-9);
  for (let i = 0; i < pixels.length; i++) {
    const bright = Math.min(255, Math.max(0, (pixels[i]! - low) * scale));
    const value = isInverted ? 255 - bright : bright;
    rgba[4 * i] = value;
    rgba[4 * i + 1] = value;
    rgba[4 * i + 2] = value;
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/** Lays a mask over what is painted already. */
export function paintFill(
  rgba: Uint8ClampedArray,
  mask: Uint8Array,
  color: Color,
  opacity: number,
): void {
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) blend(rgba, i, color, opacity);
}

/** Draws the pixels of a mask that touch its outside. */
export function paintOutline(
  rgba: Uint8ClampedArray,
  mask: Uint8Array,
  { width, color }: { readonly width: number; readonly color: Color },
): void {
  const isIn = (i: number) => mask[i] === 1;
  for (let i = 0; i < mask.length; i++) {
    if (!isIn(i)) continue;
    const column = i % width;
    const isBorder =
      column === 0 ||
      column === width - 1 ||
      !isIn(i - 1) ||
      !isIn(i + 1) ||
      !isIn(i - width) ||
      !isIn(i + width);
    if (isBorder) blend(rgba, i, color, 1);
  }
}

type Map2d = {
  readonly height: number;
  readonly width: number;
  readonly values: readonly number[];
};

/** Lays a map over the image, nearest neighbor: the grid's true resolution shows. */
export function paintHeat(
  rgba: Uint8ClampedArray,
  { height, width }: { readonly height: number; readonly width: number },
  map: Map2d,
  opacity: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * map.height) / height) * map.width;
    for (let x = 0; x < width; x++) {
      const value = map.values[row + Math.floor((x * map.width) / width)]!;
      blend(rgba, y * width + x, [255, 90 + 130 * value, 0], opacity * value);
    }
  }
}

export const agreementColors = {
  both: [74, 222, 128],
  missed: [56, 148, 255],
  extra: [255, 122, 60],
} as const satisfies Record<string, Color>;

/** Pixels of both, of the truth alone (missed) and of the other alone (extra). */
export type Agreement = { readonly both: number; readonly missed: number; readonly extra: number };

/** Paints where two masks agree and where they do not. */
export function paintDisagreement(
  rgba: Uint8ClampedArray,
  {
    truth,
    other,
    opacity,
  }: { readonly truth: Uint8Array; readonly other: Uint8Array; readonly opacity: number },
): Agreement {
  const counts = { both: 0, missed: 0, extra: 0 };
  for (let i = 0; i < truth.length; i++) {
    const [a, b] = [truth[i] === 1, other[i] === 1];
    if (!a && !b) continue;
    const name = a && b ? 'both' : a ? 'missed' : 'extra';
    counts[name]++;
    blend(rgba, i, agreementColors[name], opacity);
  }
  return counts;
}

function blend(rgba: Uint8ClampedArray, pixel: number, color: Color, opacity: number): void {
  for (let c = 0; c < 3; c++) {
    const at = 4 * pixel + c;
    rgba[at] = rgba[at]! * (1 - opacity) + color[c]! * opacity;
  }
}

/** Samples of each color space -> one grey channel, with Pillow's whole-number formulas. */

/** Color spaces of PNG and JPEG files, by libvips' names. */
export const colorSpaces = ['b-w', 'grey16', 'srgb', 'rgb16', 'cmyk'] as const;
export type ColorSpace = (typeof colorSpaces)[number];

type Samples = Uint8Array | Uint16Array;
/** The grey value of the pixel whose samples begin at `at`. */
type Formula = (samples: Samples, at: number) => number;

const first: Formula = (samples, at) => samples[at]!;

const formulas: Readonly<Record<ColorSpace, Formula>> = {
  'b-w': first,
  grey16: first,
  srgb: (samples, at) => luma(samples[at]!, samples[at + 1]!, samples[at + 2]!),
  rgb16: (samples, at) => luma(samples[at]!, samples[at + 1]!, samples[at + 2]!),
  cmyk: (samples, at) => {
    const ink = [0, 1, 2].map((i) => withoutBlack(samples[at + i]!, samples[at + 3]!));
    return luma(ink[0]!, ink[1]!, ink[2]!);
  },
};

/** ITU-R BT.601 in 16 fraction bits, rounded; grey stays as it is. */
function luma(red: number, green: number, blue: number): number {
  return Math.floor((red * 19595 + green * 38470 + blue * 7471 + 32768) / 65536);
}

/** One of red, green and blue from its ink and black: (255 - K) (255 - C) / 255. */
function withoutBlack(ink: number, black: number): number {
  const light = 255 - black;
  return Math.max(0, light - Math.round((ink * light) / 255));
}

/** `[height * width]` of interleaved samples; what follows the color (alpha) does not count. */
export function toGrey(samples: Samples, space: ColorSpace, channels: number): Samples {
  if (channels === 1) return samples;
  const count = samples.length / channels;
  const grey = samples instanceof Uint8Array ? new Uint8Array(count) : new Uint16Array(count);
  const formula = formulas[space];
  for (let i = 0; i < count; i++) grey[i] = formula(samples, i * channels);
  return grey;
}

/** Whether any pixel of an RGB image is not grey. */
export function isColored(samples: Samples, space: ColorSpace, channels: number): boolean {
  if (space !== 'srgb' && space !== 'rgb16') return false;
  for (let at = 0; at < samples.length; at += channels)
    if (samples[at] !== samples[at + 1] || samples[at] !== samples[at + 2]) return true;
  return false;
}

/** Attenuation -> pixels: scatter, film curve, exposure, quantum noise, collimation and marker. */
import type { Random } from '@radiograph/statistics';
import { blur, type Field, visitPixels } from './field.ts';
import { smoothstep } from './geometry.ts';

/** Takes the picture: 8-bit grey, bright = dense. */
export function expose(attenuation: Field, random: Random): Uint8Array {
  const { size } = attenuation;
  const beam = 1.5 + 0.25 * random.next();
  const transmitted = { size, data: attenuation.data.map((a) => Math.exp(-beam * a)) };
  const scatter = blur(transmitted, 0.05);
  const share = 0.1 + 0.1 * random.next();
  const photons = 900 + 2200 * random.next();
  const sharp = blur(
    {
      size,
      data: transmitted.data.map((t, i) => {
        const dose = (1 - share) * t + share * scatter.data[i]!;
        return Math.max(1e-3, dose + Math.sqrt(dose / photons) * random.normal());
      }),
    },
    0.0012,
  );
  const density = sharp.data.map((dose) => -Math.log(dose) / beam);
  const pixels = develop(density, random);
  collimate(pixels, size, random);
  stampMarker(pixels, size, random);
  return pixels;
}

/** Stretches between the darkest and the brightest percent, then a gamma: what the workstation does. */
function develop(density: Float32Array, random: Random): Uint8Array {
  const sorted = density.toSorted();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const low = at(0.01) - 0.04 * random.next();
  const high = at(0.985) + 0.06 * random.next();
  const gamma = 0.92 + 0.3 * random.next();
  const brightness = 0.94 + 0.1 * random.next();
  return Uint8Array.from(density, (value) => {
    const relative = Math.min(1, Math.max(0, (value - low) / (high - low)));
    return Math.min(255, 255 * brightness * relative ** gamma);
  });
}

/** The edge of the beam, on some pictures. */
function collimate(pixels: Uint8Array, size: number, random: Random): void {
  const margins = Array.from({ length: 4 }, () =>
    random.next() < 0.3 ? 0.012 + 0.02 * random.next() : -1,
  ) as [number, number, number, number];
  visitPixels(size, (x, y, i) => {
    const lit = Math.min(
      smoothstep(0, 0.004, x - margins[0]),
      smoothstep(0, 0.004, 1 - x - margins[1]),
      smoothstep(0, 0.004, y - margins[2]),
      smoothstep(0, 0.004, 1 - y - margins[3]),
    );
    pixels[i] = pixels[i]! * lit;
  });
}

/** A lead letter L at the patient's left shoulder, on most pictures. */
function stampMarker(pixels: Uint8Array, size: number, random: Random): void {
  if (random.next() < 0.3) return;
  const [left, top] = [0.915 + 0.03 * random.next(), 0.04 + 0.03 * random.next()];
  visitPixels(size, (x, y, i) => {
    const [u, v] = [(x - left) / 0.006, (y - top) / 0.006];
    const upright = u >= 0 && u < 1 && v >= 0 && v < 6;
    const foot = u >= 0 && u < 3.6 && v >= 5 && v < 6;
    if (upright || foot) pixels[i] = 240;
  });
}

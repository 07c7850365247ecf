/** Scalar fields over the image, sampled at pixel centers in unit coordinates. */
import { resizeBilinear } from '@radiograph/kinds';
import { type Bounds, boundsOf, crossings, type Point } from './geometry.ts';
import { measureFrom, type Nearest, pixelBox } from './nearest.ts';

/** One number per pixel, row-major. */
export type Field = { readonly size: number; readonly data: Float32Array };

export function createField(size: number, value = 0): Field {
  return { size, data: new Float32Array(size * size).fill(value) };
}

/** Called with a pixel's center and its index. */
export type Visit = (x: number, y: number, index: number) => void;
const everywhere: Bounds = { left: 0, right: 1, top: 0, bottom: 1 };

/** Visits the pixels of a box. */
export function visitPixels(size: number, visit: Visit, bounds: Bounds = everywhere): void {
  const { left, right, top, bottom } = pixelBox(size, bounds);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      visit((column + 0.5) / size, (row + 0.5) / size, row * size + column);
    }
  }
}

const coarse = 96; // distances change slowly: a coarser grid, joined smoothly, gives the same contours ten times as fast

/** Signed distance to a closed outline, positive inside, cut off at -`reach` outside. */
export function signedDistance(outline: readonly Point[], size: number, reach = 0.03): Field {
  const field = createField(Math.min(size, coarse), -reach);
  const { left, right, top, bottom } = boundsOf(outline, 0);
  const deepest = Math.min(right - left, bottom - top) / 2; // no place inside is farther from the outline
  const ring = [...outline, outline[0]!];
  const inside = insideOf(outline, field.size);
  visitNearest(field, measureFrom(ring, field.size, Math.max(reach, deepest)), (i, distance) => {
    field.data[i] = inside[i] === 1 ? distance : Math.max(-reach, -distance);
  });
  if (field.size === size) return field;
  const data = resizeBilinear({ data: field.data, size: [field.size, field.size] }, [size, size]);
  return { size, data };
}

/** Whether pixel centers lie in a closed outline: 0 or 1, by scan lines. */
function insideOf(outline: readonly Point[], size: number): Uint8Array {
  const inside = new Uint8Array(size * size);
  for (let row = 0; row < size; row++) {
    for (const crossing of crossings(outline, (row + 0.5) / size)) {
      for (let column = 0; column < size && (column + 0.5) / size < crossing; column++)
        inside[row * size + column]! ^= 1;
    }
  }
  return inside;
}

/** Visits the measured pixels of a field: index, distance to the path, place along it. */
function visitNearest(
  { size }: Field,
  { box, squared, along }: Nearest,
  visit: (index: number, distance: number, t: number) => void,
): void {
  let at = 0;
  for (let row = box.top; row < box.bottom; row++) {
    for (let column = box.left; column < box.right; column++, at++) {
      if (squared[at]! < Number.POSITIVE_INFINITY)
        visit(row * size + column, Math.sqrt(squared[at]!), along[at]!);
    }
  }
}

/** How a stroke looks: half width and strength at `t` along the path; `profile` over 0 (axis) to 1 (edge). */
export type Stroke = {
  readonly halfWidth: (t: number) => number;
  readonly strength: (t: number) => number;
  readonly profile: (r: number) => number;
};

/** Draws a tube along a path; overlapping strokes do not add up but the stronger one shows. */
export function stroke(
  field: Field,
  path: readonly Point[],
  { halfWidth, strength, profile }: Stroke,
): void {
  const widest = Math.max(halfWidth(0), halfWidth(0.5), halfWidth(1));
  const pixel = 1 / field.size;
  visitNearest(field, measureFrom(path, field.size, widest + pixel), (i, distance, t) => {
    // A tube thinner than a pixel keeps its total: it becomes wider and weaker, as a detector would blur it.
    const half = halfWidth(t);
    const drawn = Math.max(half, 0.6 * pixel);
    if (distance >= drawn) return;
    const value = strength(t) * Math.min(1, half / drawn) * profile(distance / drawn);
    if (value > field.data[i]!) field.data[i] = value;
  });
}

/** Thickness of a cylinder seen from the side. */
export const round = (r: number): number => Math.sqrt(Math.max(0, 1 - r * r));
/** A bone: marrow with a dense rim. */
export const cortical = (r: number): number => (r > 0.92 ? (1 - r) / 0.08 : 0.62 + 0.38 * r ** 4);

/** Where a field is positive: 0 or 1 per pixel. */
export function maskOf({ data }: Field, above = 0): Uint8Array {
  return Uint8Array.from(data, (value) => (value > above ? 1 : 0));
}

/** Box blur, three times: nearly Gaussian with deviation `sigma` (unit coordinates). */
export function blur({ size, data }: Field, sigma: number): Field {
  const radius = Math.round(sigma * size);
  if (radius < 1) return { size, data: data.slice() };
  let current: Float32Array = data;
  for (let pass = 0; pass < 3; pass++)
    current = blurLines(blurLines(current, size, { radius, step: 1 }), size, {
      radius,
      step: size,
    });
  return { size, data: current };
}

type Line = { readonly radius: number; readonly step: number };

/** A running mean along rows (step 1) or columns (step `size`); edges are repeated. */
function blurLines(data: Float32Array, size: number, { radius, step }: Line): Float32Array {
  const blurred = new Float32Array(data.length);
  const across = step === 1 ? size : 1;
  for (let line = 0; line < size; line++) {
    const at = (i: number) => line * across + Math.min(size - 1, Math.max(0, i)) * step;
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += data[at(i)]!;
    for (let i = 0; i < size; i++) {
      blurred[at(i)] = sum / (2 * radius + 1);
      sum += data[at(i + radius + 1)]! - data[at(i - radius)]!;
    }
  }
  return blurred;
}

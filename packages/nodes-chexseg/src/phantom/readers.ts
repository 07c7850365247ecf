/** Human readers: they outline what they see, each a little differently. */
import type { Random } from '@radiograph/statistics';
import { blur, type Field, visitPixels } from './field.ts';
import type { Finding } from './finding.ts';
import { createTexture } from './texture.ts';

/** Masks by finding; a finding that is not there has no entry. */
export type FindingMasks = ReadonlyMap<Finding, Uint8Array>;

// Now and then a reader misses a finding; small and faint ones most.
const missChance: Partial<Record<Finding, number>> = {
  'Lung Lesion': 0.18,
  Atelectasis: 0.15,
  Pneumothorax: 0.12,
  'Airspace Opacity': 0.08,
};

/** Redraws the expert's masks by another hand: contours bent, shifted, drawn wider or tighter; thin devices only shifted. */
export function redraw(masks: FindingMasks, size: number, random: Random): FindingMasks {
  const drawn = new Map<Finding, Uint8Array>();
  for (const [finding, mask] of masks) {
    if (random.next() < (missChance[finding] ?? 0.02)) continue;
    const redrawn = bend(mask, { size, amount: finding === 'Support Devices' ? 0.35 : 1 }, random);
    if (redrawn.includes(1)) drawn.set(finding, redrawn);
  }
  return drawn;
}

function bend(
  mask: Uint8Array,
  { size, amount }: { size: number; amount: number },
  random: Random,
): Uint8Array {
  const [bendX, bendY] = [createTexture(random, 4, 2), createTexture(random, 4, 2)];
  const [shiftX, shiftY] = [0.004 * random.normal() * amount, 0.004 * random.normal() * amount];
  const soft: Field = blur({ size, data: Float32Array.from(mask) }, 0.012 * amount);
  const level = 0.5 + 0.14 * random.normal();
  const threshold = Math.min(0.75, Math.max(0.25, level));
  const redrawn = new Uint8Array(mask.length);
  visitPixels(size, (x, y, i) => {
    const column = Math.floor((x + shiftX + 0.013 * amount * bendX(x, y)) * size);
    const row = Math.floor((y + shiftY + 0.013 * amount * bendY(x, y)) * size);
    if (column < 0 || row < 0 || column >= size || row >= size) return;
    if (soft.data[row * size + column]! > threshold) redrawn[i] = 1;
  });
  return redrawn;
}

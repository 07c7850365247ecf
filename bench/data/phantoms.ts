/** The few phantoms that a large data set is made of: each is drawn once and shown in many images. */
import { setImmediate } from 'node:timers/promises';
import type { Finding } from '../../packages/nodes-chexseg/src/phantom/finding.ts';
import { drawPatient } from '../../packages/nodes-chexseg/src/phantom/phantom-case.ts';
import type { FindingMasks } from '../../packages/nodes-chexseg/src/phantom/readers.ts';
import { fillHoles } from '../../packages/nodes-chexseg/src/pseudo/fill-holes.ts';

/** A drawn chest, `[height, width]` row-major; the masks hold 0 and 1. */
export type Phantom = {
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly present: ReadonlySet<Finding>;
  /** Without holes, which polygons cannot say. */
  readonly truth: FindingMasks;
  readonly readers: readonly [FindingMasks, FindingMasks];
};

// Larger than the images of CheXpert-v1.0-small, 390 x 320, so that each image can show another window.
const side = 448;
const [height, width] = [368, side];

/** Draws phantoms: a second each. The same seed draws the same ones. */
export async function drawPhantoms(
  count: number,
  { seed, onDrawn }: { readonly seed: number; readonly onDrawn: (done: number) => void },
): Promise<Phantom[]> {
  const drawn: Phantom[] = [];
  for (let patient = 1; patient <= count; patient++) {
    drawn.push(drawPhantom(seed, patient));
    onDrawn(patient);
    await setImmediate();
  }
  return drawn;
}

function drawPhantom(seed: number, patient: number): Phantom {
  const { pixels, present, expert, readers } = drawPatient({ seed, patient, size: side });
  // The chest is drawn in a square; CheXpert's small images are wider than high, so rows are left out above and below.
  const first = Math.floor((side - height) / 2) * width;
  const cut = (plane: Uint8Array) => plane.slice(first, first + height * width);
  const cutAll = (masks: FindingMasks): FindingMasks =>
    new Map([...masks].map(([finding, mask]) => [finding, cut(mask)]));
  const filled = [...cutAll(expert)].map(([finding, mask]): [Finding, Uint8Array] => [
    finding,
    fillHoles(mask, height, width),
  ]);
  return {
    height,
    width,
    pixels: cut(pixels),
    present,
    truth: new Map(filled),
    readers: [cutAll(readers[0]), cutAll(readers[1])],
  };
}

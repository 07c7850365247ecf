/** CheXlocalize's files of a set: polygons, run lengths, two readers, salient points, in the pixels of the original radiographs. */
import { setImmediate } from 'node:timers/promises';
import { fillPolygon, type Point, tracePolygons } from '@radiograph/formats';
import { emptyRle, encodeRle, type Size } from '@radiograph/kinds';
import { type Finding, findings } from '../../packages/nodes-chexseg/src/phantom/finding.ts';
import type { FindingMasks } from '../../packages/nodes-chexseg/src/phantom/readers.ts';
import type { Phantom } from './phantoms.ts';
import { cutWindow, smallSize, type Variant } from './variant.ts';

/** An image of a set and what it shows. */
export type LocalizedImage = {
  readonly id: string;
  readonly variant: Variant;
  readonly phantom: Phantom;
};

type Options = { readonly original: Size; readonly onImage: (done: number) => void };
type Outlines = readonly (readonly [Finding, readonly Point[][]])[];

/**
 * The text of each file by its name. As in the release the truth lists only images with a finding, and readers list every image.
 *
 * Run lengths are made from the polygons, so both files of the truth say the same.
 */
export async function printLocalization(
  images: readonly LocalizedImage[],
  { original, onImage }: Options,
): Promise<Record<string, string>> {
  const files = {
    gt_annotations: [] as string[],
    gt_segmentations: [] as string[],
    hb_segmentations: [] as string[],
    hb2_segmentations: [] as string[],
    hb_salient_pt: [] as string[],
  };
  for (const [i, { id, phantom, variant }] of images.entries()) {
    const outline = (masks: FindingMasks) => outlineMasks(masks, { phantom, variant, original });
    const add = (file: keyof typeof files, value: unknown) =>
      files[file].push(`${JSON.stringify(id)}:${JSON.stringify(value)}`);
    const truth = outline(phantom.truth);
    const [first, second] = phantom.readers.map(outline) as [Outlines, Outlines];
    if (truth.length > 0) {
      add('gt_annotations', { img_size: original, ...Object.fromEntries(truth) });
      add('gt_segmentations', fillAll(truth, original));
    }
    add('hb_segmentations', fillAll(first, original));
    add('hb2_segmentations', fillAll(second, original));
    add(
      'hb_salient_pt',
      Object.fromEntries(first.map(([name, parts]) => [name, [middleOf(parts)]])),
    );
    onImage(i + 1);
    await setImmediate();
  }
  return Object.fromEntries(
    Object.entries(files).map(([name, entries]) => [name, `{${entries.join(',\n')}}\n`]),
  );
}

type Shown = Pick<LocalizedImage, 'phantom' | 'variant'> & { readonly original: Size };

/** Outlines what the window shows, in original pixels; what lies outside of it is left out. */
function outlineMasks(masks: FindingMasks, { phantom, variant, original }: Shown): Outlines {
  const scale = [original[1] / smallSize[1], original[0] / smallSize[0]] as const;
  return [...masks].flatMap(([finding, mask]) => {
    const window = cutWindow(mask, phantom.width, variant);
    if (!window.includes(1)) return [];
    const polygons = tracePolygons(window, smallSize).map((polygon) =>
      polygon.map(
        ([x, y]): Point => [Math.trunc((x + 0.5) * scale[0]), Math.trunc((y + 0.5) * scale[1])],
      ),
    );
    return [[finding, polygons] as const];
  });
}

function fillAll(outlines: Outlines, size: Size): Record<string, unknown> {
  const drawn = new Map(outlines);
  return Object.fromEntries(
    findings.map((finding) => [finding, { size, counts: fill(drawn.get(finding), size) }]),
  );
}

function fill(polygons: readonly Point[][] | undefined, size: Size): string {
  if (polygons === undefined) return emptyRle(...size);
  const mask = new Uint8Array(size[0] * size[1]);
  for (const polygon of polygons) fillPolygon(mask, size, polygon);
  return encodeRle(mask, ...size);
}

/** A vertex of the largest part: a reader points at the finding, if not at its middle. */
function middleOf(parts: readonly Point[][]): Point {
  const largest = parts.reduce((a, b) => (b.length > a.length ? b : a));
  return largest[Math.floor(largest.length / 2)]!;
}

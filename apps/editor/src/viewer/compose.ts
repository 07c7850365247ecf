/** Image, window and layers -> one raster. */
import { classColor } from '@radiograph/kinds';
import {
  type Agreement,
  type GrayImage,
  paintDisagreement,
  paintFill,
  paintGray,
  paintHeat,
  paintOutline,
  type Window,
} from './paint.ts';
import type { Raster } from './Stage.tsx';
import type { Overlay } from './sample-api.ts';
import type { LayerStyle } from './viewer-store.ts';

export type DrawnLayer = { readonly overlay: Overlay; readonly style: LayerStyle };

export type Picture = {
  readonly image: GrayImage;
  readonly window: Window;
  readonly isInverted: boolean;
  readonly layers: readonly DrawnLayer[];
  /** All class names: a class's color is its place here. */
  readonly classes: readonly string[];
  readonly offClasses: ReadonlySet<string>;
  readonly opacity: number;
  /** Paints where the first outlined and the first filled layer differ, instead of the layers. */
  readonly isDisagreement: boolean;
};

/** The raster, and the counts of the disagreement map where it is shown. */
export function compose(picture: Picture): {
  readonly raster: Raster;
  readonly agreement: Agreement | null;
} {
  const { image, window, isInverted, layers, isDisagreement } = picture;
  const rgba = paintGray(image, window, isInverted);
  const raster = { height: image.height, width: image.width, rgba };
  if (isDisagreement) return { raster, agreement: paintDifference(rgba, picture) };
  for (const style of ['fill', 'outline'] as const)
    for (const layer of layers) if (layer.style === style) paintLayer(rgba, picture, layer);
  return { raster, agreement: null };
}

function paintLayer(
  rgba: Uint8ClampedArray,
  { image, classes, offClasses, opacity }: Picture,
  { overlay, style }: DrawnLayer,
): void {
  classes.forEach((name, k) => {
    const mask = overlay.masks.get(name);
    if (!mask || offClasses.has(name)) return;
    if (style === 'fill') paintFill(rgba, mask, classColor(k), opacity);
    else paintOutline(rgba, mask, { width: image.width, color: classColor(k) });
  });
  if (overlay.masks.size > 0) return;
  const shown = [...overlay.maps].filter(([name]) => !offClasses.has(name));
  const [strongest] = shown.toSorted(([, a], [, b]) => b.probability - a.probability);
  if (strongest) paintHeat(rgba, image, strongest[1], Math.min(1, opacity * 1.6));
}

function paintDifference(rgba: Uint8ClampedArray, picture: Picture): Agreement | null {
  const { layers, opacity } = picture;
  const find = (wanted: LayerStyle) =>
    layers.find(({ style, overlay }) => style === wanted && overlay.masks.size > 0);
  const [truth, other] = [find('outline'), find('fill')];
  if (truth === undefined || other === undefined) return null;
  const join = (layer: DrawnLayer) => joinMasks(layer.overlay, picture);
  return paintDisagreement(rgba, {
    truth: join(truth),
    other: join(other),
    opacity: Math.min(1, opacity * 1.6),
  });
}

/** Every pixel that lies in a mask of a class that is shown. */
function joinMasks({ masks }: Overlay, { image, offClasses }: Picture): Uint8Array {
  const joined = new Uint8Array(image.height * image.width);
  for (const [name, mask] of masks) {
    if (mask === null || offClasses.has(name)) continue;
    for (let i = 0; i < joined.length; i++) if (mask[i] === 1) joined[i] = 1;
  }
  return joined;
}

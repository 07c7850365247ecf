import { defined } from '../bootstrap/draw.ts';
import { meanOf } from '../mean.ts';
import type { Aligned } from './align.ts';
import type { ImageSpread } from './arm.ts';

/** All images of all seeds, those on which the arms disagree most first. */
export function rankImages({ blocks, arms, classes }: Aligned): ImageSpread[] {
  const images = blocks.flatMap(({ seed, ids, values }) =>
    ids.map((id, i) => {
      const iou = Array.from({ length: arms }, (_, arm) => {
        const at = (i * arms + arm) * classes;
        return meanOf(Array.from(values.subarray(at, at + classes), defined));
      });
      const known = iou.filter((value) => value !== null);
      const spread = known.length < 2 ? 0 : Math.max(...known) - Math.min(...known);
      return { seed, id, iou, spread };
    }),
  );
  return images.sort((a, b) => b.spread - a.spread);
}

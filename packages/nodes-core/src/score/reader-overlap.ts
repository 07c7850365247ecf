/** Human masks against expert masks: the readers' side of the comparison with a model. */
import { dataError } from '@radiograph/graph';
import { type FrameTransform, type Masks, maskInFrame, masksFor } from '@radiograph/kinds';
import type { Overlap } from '@radiograph/statistics';
import { overlapOf } from './overlap.ts';

/** What is compared: masks of these images and classes. */
export type ReaderTask = {
  readonly ids: readonly string[];
  readonly classes: readonly string[];
  readonly truth: Masks;
};

/** Overlaps `[N][K]` of a reader's masks with the truth, in the truth's own pixels. @throws a data error for an image or class without masks. */
export function countReaderOverlaps(reader: Masks, task: ReaderTask): Overlap[][] {
  const [theirs, truth] = [reader, task.truth].map((masks) => masksFor(masks, task.ids));
  const columns = task.classes.map((name) => [columnOf(theirs!, name), columnOf(truth!, name)]);
  return task.ids.map((_, image) =>
    columns.map(([k, truthK]) =>
      overlapAt({ reader: theirs!, truth: truth! }, image, [k!, truthK!]),
    ),
  );
}

function columnOf({ classes, source }: Masks, name: string): number {
  const column = classes.indexOf(name);
  if (column < 0)
    throw dataError('masks', `expected ${source} masks of ${name}, got ${classes.join(', ')}`);
  return column;
}

function overlapAt(
  { reader, truth }: { readonly reader: Masks; readonly truth: Masks },
  image: number,
  [k, truthK]: readonly [number, number],
): Overlap {
  const [size, frame] = [truth.sizes[image]!, truth.frames[image]!];
  const [counts, truthCounts] = [reader.counts[image]![k]!, truth.counts[image]![truthK]!];
  if (counts === null || truthCounts === null) return null;
  const drawn = { counts, size: reader.sizes[image]!, frame: reader.frames[image]! };
  const original = isIdentity(frame) ? size : drawn.size; // a smaller copy's frame leads to the pixels that readers drew in
  const target = { size, frame, originalSize: original };
  const expected = maskInFrame({ counts: truthCounts, size, frame }, target);
  return overlapOf(expected, maskInFrame(drawn, target), 0.5);
}

function isIdentity({ scaleX, scaleY, offsetX, offsetY }: FrameTransform): boolean {
  return scaleX === 1 && scaleY === 1 && offsetX === 0 && offsetY === 0;
}

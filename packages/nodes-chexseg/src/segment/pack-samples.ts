/** Samples -> what one training step is fed. */
import { type Images, maximumPixel, pixelsOf, type Size } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { type InputOptions, writeInput } from '../batches/batches.ts';
import {
  type AugmentOptions,
  augmentMasks,
  augmentPixels,
  augments,
  drawAugmentation,
} from './augment.ts';
import { createTargets, type Sample } from './samples.ts';

/** Inputs `[B, C, H, W]`, masks `[B, K, H, W]` of 0 and 1, and which classes were annotated, `[B, K]`. */
export type PackedBatch = {
  readonly image: Float32Array;
  readonly target: Float32Array;
  readonly weight: Float32Array;
};

/** Where a batch is in the training: its augmentation is drawn by these. */
export type Place = { readonly seed: number; readonly epoch: number; readonly first: number };

type PackOptions = {
  readonly classes: number;
  readonly inputs: InputOptions;
  readonly augment: AugmentOptions;
};

/** Packs batches; targets are decoded once per image. `first` is the number of the first sample in its epoch. */
export function createPacker(
  { height, width }: Pick<Images, 'height' | 'width'>,
  { classes, inputs, augment }: PackOptions,
): (samples: readonly Sample[], place: Place) => PackedBatch {
  const targetOf = createTargets();
  const size: Size = [height, width];
  const area = height * width;
  const changes = augments(augment);
  return (samples, { seed, epoch, first }) => {
    const image = new Float32Array(samples.length * inputs.channels * area);
    const target = new Float32Array(samples.length * classes * area);
    const weight = new Float32Array(samples.length * classes);
    for (const [slot, sample] of samples.entries()) {
      const { images } = sample.set;
      const { values, annotated } = targetOf(sample);
      const change = changes
        ? drawAugmentation(createRandom(seed, 'augment', epoch, first + slot), size, augment)
        : undefined;
      const pixels = pixelsOf(images, sample.index);
      const maximum = maximumPixel(images);
      const seen = change === undefined ? pixels : augmentPixels(pixels, { size, maximum }, change);
      writeInput(image, { pixels: seen, maximum, slot }, inputs);
      target.set(
        change === undefined ? values : augmentMasks(values, size, change),
        slot * values.length,
      );
      weight.set(annotated, slot * annotated.length);
    }
    return { image, target, weight };
  };
}

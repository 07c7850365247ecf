/** Runs a segmenter over images. */
import type { NodeContext } from '@radiograph/graph';
import type { Images, Model } from '@radiograph/kinds';
import { createPredictor, type NamedTensors, sigmoid } from '@radiograph/tensor';
import { assertSides, orderedBatches, packInputs, padBatch } from '../batches/batches.ts';
import { readDeepLab } from '../models/architecture.ts';
import { deepLab } from '../models/deeplab.ts';

export type SegmentTask = {
  readonly model: Omit<Model, 'weights'>;
  readonly weights: NamedTensors;
  readonly images: Images;
  readonly batchSize: number;
  /** Called with each image's probabilities `[K, H * W]` (a view that is valid during the call). */
  readonly onImage: (index: number, probabilities: Float32Array) => void;
};

/** Predicts every image, one compiled batch size for all. @throws a data error if the images have another frame than the model's. */
export async function segmentImages(
  { model, weights, images, batchSize, onImage }: SegmentTask,
  { threads }: Pick<NodeContext, 'threads'>,
): Promise<void> {
  const config = readDeepLab({ ...model, weights });
  assertSides(images, 16, 'a segmenter of output stride 16');
  const size = Math.min(batchSize, images.ids.length);
  const predictor = await createPredictor({
    inputs: { image: [size, config.channels, images.height, images.width] },
    forward: ({ image }, scope) => ({ probability: sigmoid(deepLab(scope, image!, config)) }),
    weights,
    threads,
  });
  const length = config.classes * images.height * images.width;
  for (const batch of orderedBatches(images.ids.length, size)) {
    const input = { channels: config.channels, ...model.normalization };
    const { probability } = await predictor.predict({
      image: packInputs(images, padBatch(batch, size), input),
    });
    for (const [slot, index] of batch.entries())
      onImage(index, probability!.subarray(slot * length, (slot + 1) * length));
  }
  await predictor.dispose();
}

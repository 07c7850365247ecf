/** Runs a classifier over images. */
import type { NodeContext } from '@radiograph/graph';
import type { Images, Model } from '@radiograph/kinds';
import { createPredictor, type NamedTensors, sigmoid } from '@radiograph/tensor';
import { orderedBatches, packInputs, padBatch } from '../batches/batches.ts';
import { readBackbone } from '../models/architecture.ts';
import { classifierFeatures, classifierHead } from '../models/classifier.ts';
import { membersOf } from '../models/ensemble.ts';

const batchSize = 8;

/** Probabilities `[N, K]` in 0..1. `weights` stand in for the model's own during training. */
export async function classifyImages(
  model: Omit<Model, 'weights'>,
  weights: NamedTensors,
  images: Images,
  { threads }: Pick<NodeContext, 'threads'>,
): Promise<Float32Array> {
  const config = readBackbone(model);
  const classes = model.classes.length;
  const predictor = await createPredictor({
    inputs: { image: [batchSize, config.channels, images.height, images.width] },
    forward: ({ image }, scope) => ({
      probability: sigmoid(
        classifierHead(scope, classifierFeatures(scope, image!, config), config, classes),
      ),
    }),
    weights,
    threads,
  });
  const probabilities = new Float32Array(images.ids.length * classes);
  for (const batch of orderedBatches(images.ids.length, batchSize)) {
    const image = packInputs(images, padBatch(batch, batchSize), {
      channels: config.channels,
      ...model.normalization,
    });
    const { probability } = await predictor.predict({ image });
    probabilities.set(probability!.subarray(0, batch.length * classes), batch[0]! * classes);
  }
  await predictor.dispose();
  return probabilities;
}

/** Probabilities `[N, K]` of a classifier, averaged over its members if it is an ensemble. */
export async function classifyEnsemble(
  model: Model,
  images: Images,
  context: Pick<NodeContext, 'threads'>,
): Promise<Float32Array> {
  const members = membersOf(model);
  const mean = new Float32Array(images.ids.length * model.classes.length);
  for (const member of members) {
    const probabilities = await classifyImages(member, member.weights, images, context);
    for (const [i, value] of probabilities.entries()) mean[i]! += value / members.length;
  }
  return mean;
}

import { dataError, defineNode, type NodeContext, port } from '@radiograph/graph';
import type { Images, Model, Table } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import {
  createTrainer,
  type Forward,
  initializeWeights,
  type NamedTensors,
  type Optimizer,
  sgd,
} from '@radiograph/tensor';
import { z } from 'zod';
import { assertSides, type InputOptions, orderedBatches } from '../batches/batches.ts';
import { readBackbone } from '../models/architecture.ts';
import { membersOf } from '../models/ensemble.ts';
import { type BackboneConfig, backbonePrefix, irnet, sideMultiple } from '../models/irnet.ts';
import { explainDivergence } from '../train/explain-divergence.ts';
import { scheduleFactor } from '../train/schedule.ts';
import { replaceWeights } from '../train/start-weights.ts';
import { openTrainers, type Trainers } from '../train/trainers.ts';
import {
  loadTraining,
  placeOf,
  saveTraining,
  type TrainingState,
} from '../train/training-state.ts';
import {
  type BoundarySet,
  createImageLabels,
  cropLabels,
  drawCrop,
  joinLabels,
  writeCrop,
} from './irnet-crops.ts';
import { irnetLoss, irnetTerms, type PairWeightSyms } from './losses.ts';
import { type PixelLabels, weighPairs } from './pair-labels.ts';
import { listSearchPaths, sourceWindow } from './path-index.ts';

const manual = `Trains IRNet: boundaries of findings, from labels that are only confident in places.

Two pixels within \`radius\` (in the network's map, a quarter of the frame) that both show a finding, or both do not, should have no boundary
between them; one that does and one that does not should. Pixels without a confident label say nothing. The boundary map serves all findings;
chexseg.irnet-masks lets saliency spread until it meets a boundary. A second head learns displacements to the center, which shape shared features only
in the released network's instance masks; it is trained as there (learning rate times 10).

backbone: a classifier whose stages the heads read; its weights and statistics stay as they are. CheXseg takes a ResNet-50 of ImageNet (load it with
chexseg.model-file); the DenseNet of the classifier works without any download. Its input scale comes with it; of an
ensemble the first member is taken.

Each epoch sees every image once: rescaled by minScale to maxScale, cropped to the frame, around a smaller image unknown. Stochastic gradient descent;
the rate falls as (1 - t)^0.9. The epoch with the least mean loss is kept. Images without a labeled finding are left out.

Defaults: batch 16, radius 10, rate 0.01 (CheXseg's README; its parser says 1e-4) with momentum 0.9, which moves as far as IRNet's 0.1 without;
weight decay 1e-4 and 3 epochs (IRNet; CheXseg's epochs are unknown).

Faults of the released code, each brought back by a parameter (method a.7.4 to a.7.6):
- classWeighting "accumulated": the alike term of class j of K counts K - j times, because a running sum is added again per class.
- decayAsMomentum: weight decay lands in the momentum slot of the optimizer, so there is hardly any momentum and no decay.
- schedule "constant": CheXseg commented the decay of the rate out.
- cropPadding "background": around an image smaller than its crop is confident background, where IRNet ignores it.
CheXseg also dropped IRNet's flip: flip is 0 (IRNet: 0.5).

Source: Ahn et al., "Weakly supervised learning of instance segmentation with inter-pixel relations", CVPR 2019; Gadgil et al., MIDL 2021 (method b.5).`;

const params = z.strictObject({
  radius: z.int().min(2).max(20).default(10).describe('reach of a pair in the network’s map'),
  epochs: z.int().min(1).max(1000).default(3).describe('passes over the images'),
  batchSize: z.int().min(1).max(64).default(16).describe('images per step'),
  learningRate: z.number().gt(0).max(10).default(0.01).describe('step size at the beginning'),
  displacementRate: z
    .number()
    .gt(0)
    .default(10)
    .describe('times the learning rate for the displacement head'),
  schedule: z.enum(['poly', 'constant']).default('poly').describe('how the learning rate falls'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('momentum of the optimizer'),
  weightDecay: z.number().min(0).max(1).default(1e-4).describe('weight decay of the optimizer'),
  decayAsMomentum: z
    .boolean()
    .default(false)
    .describe('repeat the fault that passes weight decay as momentum'),
  minScale: z.number().min(0.1).max(4).default(0.5).describe('least rescaling of an image'),
  maxScale: z.number().min(0.1).max(4).default(1.5).describe('largest rescaling of an image'),
  flip: z.number().min(0).max(1).default(0).describe('probability of a horizontal flip'),
  cropPadding: z
    .enum(['unknown', 'background'])
    .default('unknown')
    .describe('what surrounds an image smaller than its crop'),
  classWeighting: z
    .enum(['mean', 'accumulated'])
    .default('mean')
    .describe('how the findings’ losses add up'),
});
type Params = z.infer<typeof params>;

export const irnetTrain = defineNode({
  type: 'chexseg.irnet-train',
  version: 1,
  title: 'Train IRNet',
  manual,
  inputs: {
    backbone: port('model', 'a classifier whose stages the heads read', { role: 'classifier' }),
    images: port('images', 'radiographs to learn boundaries from'),
    foreground: port('masks', 'where findings surely are, from chexseg.ir-labels; joined by id'),
    background: port('masks', 'where they surely are not; joined by id'),
  },
  outputs: {
    model: port('model', 'the boundary network', { role: 'boundary' }),
    history: port('table', 'loss per epoch'),
  },
  params,
  uses: ['seed', 'engine'],
  run: async ({ backbone, images, foreground, background }, options, context) => {
    const [source] = membersOf(backbone) as [Model]; // an ensemble has members
    const task = readTask(source, joinLabels(images, foreground, background), options);
    context.log(`${task.labeled.length} of ${images.ids.length} images have confident labels`);
    const trainers = openBoundaryTrainers(task, context);
    try {
      return await runEpochs(task, trainers, context);
    } finally {
      await trainers.dispose();
    }
  },
});

type Task = {
  readonly set: BoundarySet;
  readonly options: Params;
  readonly backbone: BackboneConfig;
  readonly source: Model;
  readonly classes: readonly string[];
  /** Images with a confident label of any class. */
  readonly labeled: readonly number[];
  readonly inputs: InputOptions;
};

const mostClasses = 16; // a bit each

function readTask(source: Model, set: BoundarySet, options: Params): Task {
  const backbone = readBackbone(source);
  const { images, foreground } = set;
  const { classes } = foreground;
  assertSides(images, sideMultiple(backbone), `IRNet on a ${backbone.family}`);
  if (classes.length === 0 || classes.length > mostClasses)
    throw dataError('foreground', `expected 1 to ${mostClasses} classes, got ${classes.length}`);
  if (classes.join('\n') !== set.background.classes.join('\n'))
    throw dataError(
      'background',
      `expected the classes of foreground (${classes.join(', ')}), got ${set.background.classes.join(', ')}`,
    );
  if (options.minScale > options.maxScale)
    throw dataError(
      'minScale',
      `expected at most maxScale ${options.maxScale}, got ${options.minScale}`,
    );
  const window = sourceWindow(mapSize(images), options.radius);
  if (window.height < 1 || window.width < 1)
    throw dataError(
      'radius',
      `expected a radius that fits into a map of ${mapSize(images).join('x')} (a quarter of the frame), got ${options.radius}`,
    );
  const labeled = images.ids
    .map((_, i) => i)
    .filter((i) => foreground.counts[i]!.some((counts) => counts !== null));
  if (labeled.length === 0)
    throw dataError('foreground', 'expected confident labels for at least one image, got none');
  const inputs = { channels: backbone.channels, ...source.normalization };
  return { set, options, backbone, source, classes, labeled, inputs };
}

const mapSize = ({ height, width }: Images) => [height / 4, width / 4] as const;

function openBoundaryTrainers(task: Task, context: NodeContext): Trainers {
  const { set, options, backbone, inputs } = task;
  const { images } = set;
  const { radius } = options;
  const window = sourceWindow(mapSize(images), radius);
  const prefix = backbonePrefix(backbone);
  return openTrainers((batch) => {
    const image = [batch, inputs.channels, images.height, images.width];
    const pairs = [batch, listSearchPaths(radius).length, window.height, window.width];
    return createTrainer({
      inputs: { image, alike: pairs, apart: pairs, foregroundShift: pairs, backgroundShift: pairs },
      loss: ({ image: x, ...weights }, scope) => {
        const terms = irnetTerms(irnet(scope, x!, { backbone }), weights as PairWeightSyms, radius); // its inputs
        return { loss: irnetLoss(terms) };
      },
      optimizer: createOptimizer(options),
      weights: startWeights(task, image, context.seed),
      learningRateScale: (name) => (name.startsWith('fc_dp') ? options.displacementRate : 1),
      frozen: (name) => name.startsWith(prefix),
      seed: context.seed,
      threads: context.threads,
    });
  }, context.log);
}

function createOptimizer({ momentum, weightDecay, decayAsMomentum }: Params): Optimizer {
  return decayAsMomentum ? sgd({ momentum: weightDecay }) : sgd({ momentum, weightDecay });
}

/** The backbone as it came, heads drawn from the seed. @throws a data error if the backbone lacks a weight. */
function startWeights(
  { backbone, source }: Task,
  image: readonly number[],
  seed: number,
): NamedTensors {
  const forward: Forward = ({ image: x }, scope) => ({ ...irnet(scope, x!, { backbone }) });
  return replaceWeights(initializeWeights(forward, { image }, seed), source, {
    prefix: backbonePrefix(backbone),
    port: 'backbone',
  });
}

async function runEpochs(
  task: Task,
  trainers: Trainers,
  context: NodeContext,
): Promise<{ model: Model; history: Table }> {
  const { options, labeled } = task;
  const start = loadTraining<{ readonly loss: number }>(trainers, await context.checkpoint.load());
  const rows = [...start.rows];
  const labelsOf = createImageLabels(task.set);
  let { best } = start;
  for (let { epoch } = start; epoch < options.epochs; epoch++) {
    const at = placeOf(start, { epoch, rows: [...rows], best });
    const loss = await trainEpoch(task, { trainers, at, labelsOf }, context);
    rows.push([epoch + 1, loss]);
    if (best === undefined || loss < best.loss) best = { loss, weights: trainers.weights() };
  }
  const title = `IRNet training on ${labeled.length} images`;
  return {
    model: describeModel(task, best!.weights),
    history: { title, columns: ['epoch', 'loss'], rows },
  };
}

function describeModel(
  { set: { images }, backbone, source, classes }: Task,
  weights: NamedTensors,
): Model {
  return {
    role: 'boundary',
    architecture: { family: 'irnet', backbone },
    classes,
    inputSize: [images.height, images.width],
    normalization: source.normalization,
    thresholds: null,
    weights,
  };
}

/** `at`: where the epoch begins, which is in its middle after a crash. */
type Epoch = {
  readonly trainers: Trainers;
  readonly at: TrainingState<{ readonly loss: number }>;
  readonly labelsOf: ReturnType<typeof createImageLabels>;
};

async function trainEpoch(
  task: Task,
  { trainers, at, labelsOf }: Epoch,
  context: NodeContext,
): Promise<number> {
  const { options, labeled } = task;
  const { epoch } = at;
  const order = createRandom(context.seed, 'order', epoch).shuffle(labeled);
  const batches = orderedBatches(order.length, options.batchSize);
  const steps = options.epochs * batches.length;
  let { total } = at;
  for (const [index, batch] of batches.entries()) {
    if (index < at.batch) continue;
    const step = epoch * batches.length + index;
    const trainer = await trainers.at(batch.length);
    const samples = batch.map((i) => order[i]!);
    const feeds = packBatch(task, samples, { labelsOf, seed: context.seed, epoch });
    const learningRate = options.learningRate * scheduleFactor(options.schedule, step, steps);
    const { loss } = await explainDivergence(trainer.step(feeds, { learningRate }));
    total += loss;
    await context.checkpoint.offer(() =>
      saveTraining(trainers, { ...at, batch: index + 1, total }),
    );
    context.progress({ done: step + 1, total: steps, unit: 'batch', metrics: { loss } });
  }
  return total / batches.length;
}

type Draw = {
  readonly labelsOf: Epoch['labelsOf'];
  readonly seed: number;
  readonly epoch: number;
};

function packBatch(
  { set: { images }, options, classes, inputs }: Task,
  samples: readonly number[],
  { labelsOf, seed, epoch }: Draw,
): Record<string, Float32Array> {
  const size = [images.height, images.width] as const;
  const image = new Float32Array(samples.length * inputs.channels * size[0] * size[1]);
  const labels = samples.map((index, slot): PixelLabels => {
    const warp = drawCrop(createRandom(seed, 'crop', epoch, index), size, {
      scaleRange: [options.minScale, options.maxScale],
      flip: options.flip,
    });
    writeCrop(image, { images, index, slot, warp }, inputs);
    return cropLabels(labelsOf(index), size, warp, options.cropPadding);
  });
  const { radius, classWeighting } = options;
  const pairs = weighPairs(labels, {
    size: mapSize(images),
    radius,
    classCount: classes.length,
    classWeighting,
  });
  return { image, ...pairs };
}

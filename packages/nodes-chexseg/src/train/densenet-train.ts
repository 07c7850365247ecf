import {
  defineNode,
  type Images,
  type Labels,
  labelsFor,
  type Model,
  type NodeContext,
  optional,
  port,
  type Table,
} from '@radiograph/graph';
import { adam, createTrainer, type NamedTensors } from '@radiograph/tensor';
import { z } from 'zod';
import { assertSides, packInputs, shuffledBatches } from '../batches/batches.ts';
import { binaryCrossEntropy } from '../losses/losses.ts';
import { type DenseNetConfig, denseNetFeatures, denseNetHead } from '../models/densenet.ts';
import { classifyImages } from '../predict/classify.ts';
import { auroc } from './auroc.ts';
import { type ClassTargets, chooseClasses, readTargets } from './class-targets.ts';
import { explainDivergence } from './explain-divergence.ts';
import { blankPolicies, type LabelPolicy, uncertainPolicies } from './label-policy.ts';
import { openTrainers, type Trainers } from './trainers.ts';
import { loadTraining, placeOf, saveTraining, type TrainingState } from './training-state.ts';

const manual = `Trains a DenseNet to tell which findings a radiograph shows.

The classifier of CheXseg: DenseNet-121 with one sigmoid output per finding, Adam, binary cross entropy over the labels that the
policies keep. Weights are named as torchvision names them. The defaults are the released code's (320 pixels, batch 16, learning
rate 1e-4, 3 epochs); on small data, use fewer blocks and more epochs.

Labels are 1, 0, -1 (uncertain) or blank. U-Ones takes uncertain as positive, U-Zeros as negative, U-Ignore leaves it out of the
loss. Blank counts as negative, as in CheXseg, unless blankPolicy is "ignore".

With validationImages the epoch with the best mean AUROC over the findings is kept (findings without both a positive and a
negative are skipped); without, the last one. The history table has one row per epoch.

Differences from the paper: no ImageNet start (weights begin at random), and pixels are scaled by mean 0.5020 and deviation
0.085585, the constants of the CheXpert-initialized segmenters, so that both stages see the same scale (method: traps a.4).

A finding without any label under the policies is an error; one with only positives or only negatives is a line in the log.

Source: Gadgil et al., "CheXseg", MIDL 2021; Huang et al., CVPR 2017; Irvin et al., AAAI 2019 (label policies).`;

const params = z.strictObject({
  blocks: z
    .array(z.int().min(1).max(64))
    .min(1)
    .max(5)
    .default([6, 12, 24, 16])
    .describe('layers per dense block; [6, 12, 24, 16] is DenseNet-121'),
  growth: z.int().min(1).max(128).default(32).describe('channels that each layer adds'),
  initialFeatures: z
    .int()
    .min(1)
    .max(256)
    .default(64)
    .describe('channels after the first convolution'),
  bottleneck: z
    .int()
    .min(1)
    .max(16)
    .default(4)
    .describe('width of the 1x1 convolutions, in units of growth'),
  dropRate: z.number().min(0).max(0.9).default(0).describe('dropout after each layer'),
  channels: z
    .literal([1, 3])
    .default(3)
    .describe('input channels: 3 repeats the grey value, as torchvision expects'),
  classes: z.array(z.string()).default([]).describe('findings to learn; empty = all of the labels'),
  uncertainPolicy: z
    .enum(uncertainPolicies)
    .default('U-Ones')
    .describe('what an uncertain label (-1) means'),
  blankPolicy: z.enum(blankPolicies).default('zero').describe('what a blank label means'),
  epochs: z.int().min(1).max(1000).default(3).describe('passes over the images'),
  batchSize: z.int().min(2).max(256).default(16).describe('images per step'),
  learningRate: z.number().gt(0).max(1).default(1e-4).describe('step size of Adam'),
  mean: z.number().default(0.502).describe('subtracted from pixels in 0..1'),
  std: z.number().gt(0).default(0.085585).describe('divides them'),
});
type Params = z.infer<typeof params>;

export const denseNetTrain = defineNode({
  type: 'chexseg.densenet-train',
  version: 1,
  title: 'Train DenseNet classifier',
  manual,
  inputs: {
    images: port('images', 'radiographs to learn from'),
    labels: port('labels', 'their image-level findings; joined by id'),
    validationImages: optional('images', 'radiographs to select the epoch on; labels as above'),
  },
  outputs: {
    model: port('model', 'the trained classifier', { role: 'classifier' }),
    history: port('table', 'loss and AUROC per epoch'),
  },
  params,
  uses: ['seed', 'engine'],
  run: async ({ images, labels, validationImages }, options, context) => {
    const classes = chooseClasses(labels, options.classes);
    const policy = { uncertain: options.uncertainPolicy, blank: options.blankPolicy };
    const targets = readTargets(labelsFor(labels, images.ids), classes, policy);
    for (const line of targets.warnings) context.log(line);
    assertSides(
      images,
      2 ** (options.blocks.length + 1),
      `a DenseNet of ${options.blocks.length} blocks`,
    );
    const task = { images, targets, options, classes };
    return trainClassifier(
      task,
      readValidation({ labels, validationImages, classes, policy }),
      context,
    );
  },
});

type Task = {
  readonly images: Images;
  readonly targets: ClassTargets;
  readonly options: Params;
  readonly classes: readonly string[];
};
type Validation = { readonly images: Images; readonly targets: ClassTargets } | undefined;
type ValidationInput = {
  labels: Labels;
  validationImages: Images | undefined;
  classes: readonly string[];
  policy: LabelPolicy;
};

function readValidation({
  labels,
  validationImages,
  classes,
  policy,
}: ValidationInput): Validation {
  if (validationImages === undefined) return undefined;
  const known = labelsFor(labels, validationImages.ids);
  return {
    images: validationImages,
    targets: readTargets(known, classes, policy, { allowEmpty: true }),
  };
}

async function trainClassifier(
  task: Task,
  validation: Validation,
  context: NodeContext,
): Promise<{ model: Model; history: Table }> {
  const trainers = openClassifierTrainers(task, context);
  try {
    return await runEpochs(task, { validation, trainers }, context);
  } finally {
    await trainers.dispose();
  }
}

type Training = { readonly validation: Validation; readonly trainers: Trainers };

async function runEpochs(
  task: Task,
  { validation, trainers }: Training,
  context: NodeContext,
): Promise<{ model: Model; history: Table }> {
  const { images, options, classes } = task;
  const blank = describeModel(task);
  const start = loadTraining<{ readonly score: number }>(trainers, await context.checkpoint.load());
  const rows = [...start.rows];
  let { best } = start;
  for (let { epoch } = start; epoch < options.epochs; epoch++) {
    const loss = await trainEpoch(
      task,
      { trainers, at: placeOf(start, { epoch, rows: [...rows], best }) },
      context,
    );
    const weights = trainers.weights();
    const perClass =
      validation === undefined ? [] : await scoreClasses(blank, weights, validation, context);
    const score = meanOf(perClass) ?? epoch; // without validation the last epoch is the best
    rows.push([
      epoch + 1,
      loss,
      ...(validation === undefined ? [] : [meanOf(perClass), ...perClass]),
    ]);
    if (best === undefined || score >= best.score) best = { score, weights };
  }
  const scored =
    validation === undefined ? [] : ['mean AUROC', ...classes.map((name) => `AUROC ${name}`)];
  const title = `DenseNet training on ${images.ids.length} images`;
  return {
    model: { ...blank, weights: best!.weights },
    history: { title, columns: ['epoch', 'loss', ...scored], rows },
  };
}

function describeModel({ images, options, classes }: Task): Omit<Model, 'weights'> {
  return {
    role: 'classifier',
    architecture: { family: 'densenet', ...configOf(options) },
    classes,
    inputSize: [images.height, images.width],
    normalization: { mean: options.mean, std: options.std },
    thresholds: null,
  };
}

function configOf({
  blocks,
  growth,
  initialFeatures,
  bottleneck,
  dropRate,
  channels,
}: Params): DenseNetConfig {
  return { blocks, growth, initialFeatures, bottleneck, dropRate, channels };
}

function openClassifierTrainers(
  { images, options, classes }: Task,
  context: NodeContext,
): Trainers {
  const config = configOf(options);
  return openTrainers((batch) =>
    createTrainer({
      inputs: {
        image: [batch, config.channels, images.height, images.width],
        target: [batch, classes.length],
        weight: [batch, classes.length],
      },
      loss: ({ image, target, weight }, scope) => {
        const logits = denseNetHead(scope, denseNetFeatures(scope, image!, config), classes.length);
        return { loss: binaryCrossEntropy(logits, { target: target!, weight: weight! }) };
      },
      optimizer: adam(),
      seed: context.seed,
      threads: context.threads,
    }),
  );
}

/** `at`: where the epoch begins, which is in its middle after a crash. */
type Epoch = {
  readonly trainers: Trainers;
  readonly at: TrainingState<{ readonly score: number }>;
};

async function trainEpoch(
  { images, targets, options, classes }: Task,
  { trainers, at }: Epoch,
  context: NodeContext,
): Promise<number> {
  const { epoch } = at;
  const batches = shuffledBatches(images.ids.length, options.batchSize, {
    seed: context.seed,
    epoch,
  });
  let { total } = at;
  for (const [index, batch] of batches.entries()) {
    if (index < at.batch) continue;
    const trainer = await trainers.at(batch.length);
    const feeds = {
      image: packInputs(images, batch, options),
      target: takeRows(targets.values, batch, classes.length),
      weight: takeRows(targets.weights, batch, classes.length),
    };
    const { loss } = await explainDivergence(
      trainer.step(feeds, { learningRate: options.learningRate }),
    );
    total += loss;
    const place = { ...at, batch: index + 1, total };
    await context.checkpoint.offer(() => saveTraining(trainers, place));
    const done = epoch * batches.length + index + 1;
    context.progress({
      done,
      total: options.epochs * batches.length,
      unit: 'batch',
      metrics: { loss },
    });
  }
  return total / batches.length;
}

function takeRows(matrix: Float32Array, rows: readonly number[], columns: number): Float32Array {
  const taken = new Float32Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    taken.set(matrix.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return taken;
}

async function scoreClasses(
  model: Omit<Model, 'weights'>,
  weights: NamedTensors,
  { images, targets }: NonNullable<Validation>,
  context: NodeContext,
): Promise<(number | null)[]> {
  const probabilities = await classifyImages(model, weights, images, context);
  const count = model.classes.length;
  return model.classes.map((_, k) => {
    const scores = images.ids.map((_, i) => probabilities[i * count + k]!);
    return auroc(
      scores,
      images.ids.map((_, i) => targets.at(i, k)),
    );
  });
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}

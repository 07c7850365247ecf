import {
  dataError,
  defineNode,
  listAccepted,
  type NodeContext,
  optional,
  type PreviewSample,
  port,
} from '@radiograph/graph';
import {
  type Images,
  type LabeledSet,
  type Masks,
  type Model,
  masksFor,
  type Supervision,
  type Table,
} from '@radiograph/kinds';
import { countThresholds } from '@radiograph/statistics';
import { adam, add, createTrainer, type NamedTensors, type Sym, sum } from '@radiograph/tensor';
import { z } from 'zod';
import { assertSides } from '../batches/batches.ts';
import { binaryCrossEntropy, classAverageDice, type Target } from '../losses/losses.ts';
import { deepLab } from '../models/deeplab.ts';
import { membersOf } from '../models/ensemble.ts';
import { explainDivergence } from '../train/explain-divergence.ts';
import { isWithinEpoch, Schedule, scheduleFactor, validateStepsParam } from '../train/schedule.ts';
import { microBatchOf, microBatchParam, openTrainers, type Trainers } from '../train/trainers.ts';
import {
  loadTraining,
  placeOf,
  saveTraining,
  type TrainingState,
} from '../train/training-state.ts';
import { augmentParams } from './augment.ts';
import { createPacker } from './pack-samples.ts';
import { segmentImages } from './predict.ts';
import { previewSample } from './preview-sample.ts';
import { countSamples, createTargets, drawEpoch } from './samples.ts';
import { planNetwork, type SegmenterNetwork } from './segmenter-network.ts';

const manual = `Trains DeepLabv3+ to segment findings from expert masks, pseudo-labels, or both.

A ResNet encoder at output stride 16 (layer4 dilated), an atrous spatial pyramid, and the decoder of segmentation_models.pytorch
0.1.2, under its weight names; one sigmoid per finding. Defaults are CheXseg's: ResNet-18, Adam 1e-4, batch 8, 20 epochs, class-averaged
soft Dice, no augmentation. An epoch has as many samples as the supervision has images; how they are drawn is the label mixer's choice.

loss: "dice" pushes findings that are absent from a batch to zero with little force; "dice+bce" adds binary cross entropy, steadier on
small data; "bce" is that alone. Findings that were not annotated for an image do not enter the loss.

microBatchSize computes a batch in parts, in the memory of one, and sums their gradients. Batch normalization and the Dice of a batch
are then taken over each part, so results differ from those of whole batches; the log says so.

With validationImages and validationMasks, each epoch is scored by dataset-level IoU at the thresholds 0.05, 0.1, ..., 0.95; the best
epoch is kept with the best threshold of each finding. selectClasses names the findings whose mean counts (CheXseg: Enlarged
Cardiomediastinum, Support Devices, Cardiomegaly, Atelectasis); empty = all. validateSteps validates within epochs, too. Without validation the last epoch is kept with threshold 0.5.

Differences from the released code: thresholds are chosen on the validation images, not on the training stream; a finding that does
not occur there keeps 0.5 and does not count (there: NaN); threshold 0, which makes everything foreground, is never chosen; the pyramid's rates are 6, 12, 18, because 24 and 36 only read padding
on a 20 x 20 map (method a.7.7; set rates to [12, 24, 36] for the original).

encoder: without a wire a ResNet of \`depth\` and \`width\` starts at random. With one, the encoder is that model's, whatever it is: a CheXpert
classifier (the paper's best), a ResNet of ImageNet or a MoCo-CXR file (chexseg.model-file), or a DenseNet, whose last stages are then dilated so
that the map stays at stride 16 (the authors' library cannot; method a.7.8). Of an ensemble the first member is taken. encoderWeights "random" keeps
only its shape: the fair comparison.
encoderScale: inputs are scaled as the encoder was trained; "own" scales by mean and std, as CheXseg did whatever the encoder expected (a.4).

flip, shift, zoom, rotate, gamma, noise change every sample anew; masks move along. All are off, as in the paper.
schedule lowers the learning rate over all steps: "poly" as (1 - t)^0.9, "cosine" as half a cosine.

Source: Gadgil et al., "CheXseg", MIDL 2021; Chen et al., "DeepLabv3+", ECCV 2018; He et al., CVPR 2016.`;

const params = z.strictObject({
  depth: z.literal([18, 34, 50]).default(18).describe('layers of the ResNet encoder'),
  width: z
    .int()
    .min(4)
    .max(128)
    .default(64)
    .describe("channels of the encoder's first stage; 64 is the paper's"),
  rates: z
    .array(z.int().min(1).max(64))
    .length(3, 'expected three rates')
    .default([6, 12, 18])
    .describe('atrous rates of the pyramid'),
  decoderChannels: z.int().min(8).max(512).default(256).describe('width of pyramid and decoder'),
  channels: z.literal([1, 3]).default(3).describe('input channels: 3 repeats the grey value'),
  loss: z.enum(['dice', 'bce', 'dice+bce']).default('dice').describe('what is minimized'),
  epochs: z.int().min(1).max(1000).default(20).describe('passes over the supervision'),
  batchSize: z.int().min(2).max(64).default(8).describe('images per step'),
  microBatchSize: microBatchParam,
  learningRate: z.number().gt(0).max(1).default(1e-4).describe('step size of Adam'),
  selectClasses: z
    .array(z.string())
    .default([])
    .describe('findings whose mean IoU selects the epoch; empty = all'),
  validateEvery: z
    .int()
    .min(1)
    .default(1)
    .describe('epochs between validations; the last is always validated'),
  validateSteps: validateStepsParam,
  schedule: Schedule.default('constant').describe('how the learning rate falls'),
  ...augmentParams,
  encoderWeights: z
    .enum(['given', 'random'])
    .default('given')
    .describe('whether a wired encoder gives its weights or only its shape'),
  encoderScale: z
    .enum(['given', 'own'])
    .default('given')
    .describe('input scale of a wired encoder: its own training’s, or mean and std below'),
  mean: z.number().default(0.502).describe('subtracted from pixels in 0..1'),
  std: z.number().gt(0).default(0.085585).describe('divides them'),
});
type Params = z.infer<typeof params>;

export const deepLabTrain = defineNode({
  type: 'chexseg.deeplab-train',
  version: 1,
  title: 'Train DeepLabv3+',
  manual,
  inputs: {
    supervision: port('supervision', 'what to learn from; from a label mixer'),
    validationImages: optional('images', 'images to select the epoch and thresholds on'),
    validationMasks: optional('masks', 'their expert masks; joined by id'),
    encoder: optional('model', 'starts the encoder; a classifier or an encoder file', {
      role: 'classifier',
    }),
  },
  outputs: {
    model: port('model', 'the trained segmenter with its thresholds', { role: 'segmenter' }),
    history: port('table', 'loss and validation IoU per epoch'),
  },
  params,
  uses: ['seed', 'engine'],
  requires: (wired) =>
    wired.has('validationImages') === wired.has('validationMasks')
      ? undefined
      : 'expected wires into both validationImages and validationMasks, or neither, got one of them',
  run: async ({ supervision, validationImages, validationMasks, encoder }, options, context) => {
    const first = supervision.strong ?? supervision.weak;
    if (first === null || countSamples(supervision) < 2)
      throw dataError(
        'supervision',
        `expected at least two images, got ${countSamples(supervision)}`,
      );
    const { images, masks } = first;
    const [member] = encoder === undefined ? [] : membersOf(encoder);
    const network = planNetwork(images, masks.classes.length, { options, encoder: member });
    const task = { supervision, options, classes: masks.classes, images, network };
    checkTask(task);
    return trainSegmenter(task, readValidation(task, validationImages, validationMasks), context);
  },
});

type Task = {
  readonly supervision: Supervision;
  readonly options: Params;
  readonly classes: readonly string[];
  /** Those of one set: their frame is the network's. */
  readonly images: Images;
  readonly network: SegmenterNetwork;
};
type Validation = { readonly set: LabeledSet; readonly selected: readonly number[] } | undefined;

function checkTask({ supervision, images, classes }: Task): void {
  assertSides(images, 16, 'DeepLabv3+ of output stride 16');
  if (classes.length === 0) throw dataError('supervision', 'expected at least one class, got none');
  for (const set of [supervision.strong, supervision.weak]) {
    if (set === null || (set.images.height === images.height && set.images.width === images.width))
      continue;
    throw dataError(
      'supervision',
      `expected one frame for both sets, got ${images.height}x${images.width} and ${set.images.height}x${set.images.width}`,
    );
  }
}

function readValidation(
  { classes, options: { selectClasses } }: Task,
  images: Images | undefined,
  masks: Masks | undefined,
): Validation {
  const unknown = selectClasses.find((name) => !classes.includes(name));
  if (unknown !== undefined)
    throw dataError('selectClasses', `expected ${listAccepted(unknown, classes)}, got ${unknown}`);
  if (images === undefined || masks === undefined) return undefined;
  if (images.ids.length === 0)
    throw dataError('validationImages', 'expected at least one image, got none');
  const missing = classes.filter((name) => !masks.classes.includes(name));
  if (missing.length > 0)
    throw dataError('validationMasks', `expected masks of ${missing.join(', ')}, got none`);
  const known = masksFor(masks, images.ids);
  const columns = classes.map((name) => known.classes.indexOf(name));
  const counts = known.counts.map((row) => columns.map((column) => row[column]!));
  const chosen = selectClasses.length > 0 ? selectClasses : classes;
  return {
    set: { images, masks: { ...known, classes, counts } },
    selected: chosen.map((name) => classes.indexOf(name)),
  };
}

type Score = {
  readonly mean: number | null;
  readonly perClass: readonly { readonly iou: number | null; readonly threshold: number }[];
};

async function trainSegmenter(
  task: Task,
  validation: Validation,
  context: NodeContext,
): Promise<{ model: Model; history: Table }> {
  const trainers = openSegmenterTrainers(task, context);
  try {
    return await runEpochs(task, { validation, trainers }, context);
  } finally {
    await trainers.dispose();
  }
}

type Training = { readonly validation: Validation; readonly trainers: Trainers };
/** What is kept of the best epoch besides its weights. */
type BestEpoch = { readonly mean: number; readonly thresholds: readonly number[] };
/** History and best weights after a validation. */
type Judged = Pick<TrainingState<BestEpoch>, 'rows' | 'best'>;
/** Validates after so many epochs (a fraction within one), of this mean loss. */
type Judge = (before: Judged, epoch: number, loss: number) => Promise<Judged>;

async function runEpochs(
  task: Task,
  { validation, trainers }: Training,
  context: NodeContext,
): Promise<{ model: Model; history: Table }> {
  const { options, classes } = task;
  const blank = describeModel(task);
  const epochs = createEpochs(task, trainers, context);
  const start = loadTraining<BestEpoch>(trainers, await context.checkpoint.load());
  const judge: Judge = async ({ rows, best }, epoch, loss) => {
    const isWhole = Number.isInteger(epoch);
    if (validation === undefined && !isWhole) return { rows, best };
    const isLast = epoch === options.epochs;
    const due = !isWhole || epoch % options.validateEvery === 0 || isLast;
    const score =
      validation !== undefined && due
        ? await scoreSegmenter(blank, trainers.weights(), validation, context)
        : undefined;
    const perClass = classes.map((_, k) => score?.perClass[k]?.iou ?? null);
    const scores = validation === undefined ? [] : [score?.mean ?? null, ...perClass];
    const mean = score?.mean ?? -1; // nothing to compare: only the last epoch may be kept
    const isBetter = best === undefined || mean > best.mean || (isLast && best.mean < 0);
    const thresholds = classes.map((_, k) => score?.perClass[k]?.threshold ?? 0.5);
    return {
      rows: [...rows, [epoch, loss, ...scores]],
      best: isBetter ? { mean, weights: trainers.weights(), thresholds } : best,
    };
  };
  let { rows, best }: Judged = start;
  for (let { epoch } = start; epoch < options.epochs; epoch++)
    ({ rows, best } = await epochs.run(placeOf(start, { epoch, rows, best }), judge));
  const scored =
    validation === undefined ? [] : ['mean IoU', ...classes.map((name) => `IoU ${name}`)];
  const title = `DeepLabv3+ training on ${countSamples(task.supervision)} images`;
  return {
    model: { ...blank, thresholds: best!.thresholds, weights: best!.weights },
    history: { title, columns: ['epoch', 'loss', ...scored], rows },
  };
}

function describeModel({ images, classes, network }: Task): Omit<Model, 'weights'> {
  return {
    role: 'segmenter',
    architecture: network.architecture,
    classes,
    inputSize: [images.height, images.width],
    normalization: network.normalization,
    thresholds: null,
  };
}

const losses: { readonly [L in Params['loss']]: (logits: Sym, target: Target) => Sym } = {
  dice: classAverageDice,
  bce: binaryCrossEntropy,
  'dice+bce': (logits, target) =>
    add(classAverageDice(logits, target), binaryCrossEntropy(logits, target)),
};

function openSegmenterTrainers(
  { images, options, classes, network: { config, startWeights } }: Task,
  context: NodeContext,
): Trainers {
  const weights = startWeights(context.seed);
  return openTrainers(
    (batch) =>
      createTrainer({
        inputs: {
          image: [batch, config.channels, images.height, images.width],
          target: [batch, classes.length, images.height, images.width],
          weight: [batch, classes.length, 1, 1],
        },
        loss: ({ image, target, weight }, scope) => {
          const logits = deepLab(scope, image!, config);
          const loss = losses[options.loss](logits, { target: target!, weight: weight! });
          // The soft Dice of a batch is not a mean over its images.
          return options.loss === 'bce' ? { loss, count: sum(weight!) } : { loss };
        },
        optimizer: adam(),
        ...microBatchOf(options.microBatchSize),
        ...(weights === undefined ? {} : { weights }),
        seed: context.seed,
        threads: context.threads,
      }),
    context.log,
  );
}

/** Runs epochs from where they stand (in the middle after a crash) and reports progress. */
function createEpochs(
  { supervision, options, classes, images, network }: Task,
  trainers: Trainers,
  context: NodeContext,
) {
  const { batchSize } = options;
  const inputs = { channels: network.config.channels, ...network.normalization };
  const pack = createPacker(images, { classes: classes.length, inputs, augment: options });
  // A last batch of one image has no batch statistics on the pooled branch; it is left out.
  const starts = Array.from(
    { length: Math.ceil(countSamples(supervision) / batchSize) },
    (_, i) => i * batchSize,
  ).filter((start) => start === 0 || countSamples(supervision) - start >= 2);
  const steps = options.epochs * starts.length;
  return {
    async run(at: TrainingState<BestEpoch>, judge: Judge): Promise<Judged> {
      const { epoch } = at;
      const samples = drawEpoch(supervision, context.seed, epoch);
      let { total } = at;
      let judged: Judged = at;
      for (const [i, start] of starts.entries()) {
        if (i < at.batch) continue;
        const batch = samples.slice(start, start + batchSize);
        const step = epoch * starts.length + i;
        const learningRate = options.learningRate * scheduleFactor(options.schedule, step, steps);
        const trainer = await trainers.at(batch.length);
        const feeds = pack(batch, { seed: context.seed, epoch, first: start });
        const { loss } = await explainDivergence(trainer.step(feeds, { learningRate }));
        total += loss;
        if (isWithinEpoch(options.validateSteps, step + 1, starts.length))
          judged = await judge(judged, (step + 1) / starts.length, total / (i + 1));
        const place = { ...at, ...judged, batch: i + 1, total };
        await context.checkpoint.offer(() => saveTraining(trainers, place));
        context.progress({ done: step + 1, total: steps, unit: 'batch', metrics: { loss } });
      }
      return judge(judged, epoch + 1, total / starts.length);
    },
  };
}

const previewed = 3; // images on the node

async function scoreSegmenter(
  model: Omit<Model, 'weights'>,
  weights: NamedTensors,
  { set, selected }: NonNullable<Validation>,
  context: NodeContext,
): Promise<Score> {
  const counts = countThresholds(model.classes.length);
  const targetOf = createTargets();
  const samples: PreviewSample[] = [];
  const onImage = (index: number, probabilities: Float32Array) => {
    if (index < previewed) samples.push(previewSample(set.images, index, probabilities));
    const { values, annotated } = targetOf({ set, index });
    const area = values.length / annotated.length;
    for (const [k, isAnnotated] of annotated.entries()) {
      if (isAnnotated === 1)
        counts.add(
          k,
          probabilities.subarray(k * area, (k + 1) * area),
          values.subarray(k * area, (k + 1) * area),
        );
    }
  };
  await segmentImages({ model, weights, images: set.images, batchSize: 8, onImage }, context);
  context.preview(samples);
  const perClass = counts.best();
  const known = selected.map((k) => perClass[k]!.iou).filter((iou) => iou !== null);
  const mean = known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
  return { mean, perClass };
}

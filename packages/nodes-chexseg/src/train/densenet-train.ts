import {
  dataError,
  defineNode,
  listAccepted,
  type NodeContext,
  optional,
  port,
} from '@radiograph/graph';
import { type Images, type Labels, labelsFor, type Model, type Table } from '@radiograph/kinds';
import { adam, createTrainer, type NamedTensors, sum } from '@radiograph/tensor';
import { assertSides, packInputs, shuffledBatches } from '../batches/batches.ts';
import type { DenseNetConfig } from '../models/densenet.ts';
import { joinModels } from '../models/ensemble.ts';
import { classifyEnsemble, classifyImages } from '../predict/classify.ts';
import { auroc } from './auroc.ts';
import { keepBest, weightsAt } from './best-epochs.ts';
import { type ClassTargets, chooseClasses, readTargets } from './class-targets.ts';
import {
  type ClassifierNetwork,
  classifierLoss,
  finishHead,
  networkOf,
  startWeights,
} from './classifier-network.ts';
import {
  denseNetManual,
  denseNetParams,
  type DenseNetParams as Params,
} from './densenet-params.ts';
import { explainDivergence } from './explain-divergence.ts';
import type { LabelPolicy } from './label-policy.ts';
import { isWithinEpoch } from './schedule.ts';
import { microBatchOf, openTrainers, type Trainers } from './trainers.ts';
import { loadTraining, placeOf, saveTraining, type TrainingState } from './training-state.ts';

export const denseNetTrain = defineNode({
  type: 'chexseg.densenet-train',
  version: 1,
  title: 'Train DenseNet classifier',
  manual: denseNetManual,
  inputs: {
    images: port('images', 'radiographs to learn from'),
    labels: port('labels', 'their image-level findings; joined by id'),
    validationImages: optional('images', 'radiographs to select the epoch on; labels as above'),
    start: optional('model', 'a DenseNet to begin with', { role: 'classifier' }),
    teacher: optional('model', 'who labels uncertain findings for U-SelfTrained', {
      role: 'classifier',
    }),
  },
  outputs: {
    model: port('model', 'the trained classifier', { role: 'classifier' }),
    history: port('table', 'loss and AUROC per epoch'),
  },
  params: denseNetParams,
  uses: ['seed', 'engine'],
  requires: (wired, options) =>
    usesTeacher(options) && !wired.has('teacher')
      ? 'expected a wire into teacher, whose probabilities U-SelfTrained takes'
      : undefined,
  run: async ({ images, labels, validationImages, start, teacher }, options, context) => {
    const classes = chooseClasses(labels, options.classes);
    const policy = policyFor(options, classes);
    const known = labelsFor(labels, images.ids);
    const probabilities = usesTeacher(options)
      ? await askTeacher(teacher!, images, { classes, context })
      : undefined;
    const targets = readTargets(known, classes, policy, { teacher: probabilities });
    for (const line of targets.warnings) context.log(line);
    const network = {
      classes,
      logits: targets.logits,
      ...(start === undefined
        ? { config: configOf(options), normalization: { mean: options.mean, std: options.std } }
        : networkOf(start, options.dropRate)),
    };
    const { blocks } = network.config;
    assertSides(images, 2 ** (blocks.length + 1), `a DenseNet of ${blocks.length} blocks`);
    return trainClassifier(
      { images, targets, options, network, start },
      readValidation({ labels, validationImages, classes, policy }),
      context,
    );
  },
});

function usesTeacher({ uncertainPolicy, findingPolicies: own }: Params): boolean {
  return [uncertainPolicy, ...Object.values(own)].includes('U-SelfTrained');
}

/** @throws a data error for a finding that is not learned, and for policies that cannot be mixed. */
function policyFor(options: Params, classes: readonly string[]): LabelPolicy {
  const { uncertainPolicy, blankPolicy, findingPolicies: own } = options;
  const unknown = Object.keys(own).find((name) => !classes.includes(name));
  if (unknown !== undefined)
    throw dataError(
      'findingPolicies',
      `expected ${listAccepted(unknown, classes)}, got ${unknown}`,
    );
  if (uncertainPolicy === 'U-MultiClass' && Object.keys(own).length > 0)
    throw dataError(
      'findingPolicies',
      'expected none with U-MultiClass, which gives every finding three logits',
    );
  return { uncertain: uncertainPolicy, blank: blankPolicy, findings: own };
}

type Task = {
  readonly images: Images;
  readonly targets: ClassTargets;
  readonly options: Params;
  readonly network: ClassifierNetwork;
  readonly start: Model | undefined;
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
  const { images, options, network } = task;
  const blank = describeModel(task);
  const start = loadTraining<{ readonly scores: readonly number[] }>(
    trainers,
    await context.checkpoint.load(),
  );
  const judge: Epoch['judge'] = async ({ rows, best }, epoch, loss) => {
    if (validation === undefined && !Number.isInteger(epoch)) return { rows, best };
    const weights = finishHead(trainers.weights(), network);
    const perClass =
      validation === undefined ? [] : await scoreClasses(blank, weights, validation, context);
    const score = meanOf(perClass) ?? epoch; // without validation the last epoch is the best
    const scores = validation === undefined ? [] : [meanOf(perClass), ...perClass];
    return {
      rows: [...rows, [epoch, loss, ...scores]],
      best: keepBest(best, { score, weights }, options.keep),
    };
  };
  let { rows, best }: Judged = start;
  for (let { epoch } = start; epoch < options.epochs; epoch++) {
    const at = placeOf(start, { epoch, rows, best });
    ({ rows, best } = await trainEpoch(task, { trainers, at, judge }, context));
  }
  const scored =
    validation === undefined
      ? []
      : ['mean AUROC', ...network.classes.map((name) => `AUROC ${name}`)];
  const title = `DenseNet training on ${images.ids.length} images`;
  const kept = best!.scores.map((_, i) => ({ ...blank, weights: weightsAt(best!, i) }));
  return {
    model: joinModels(kept),
    history: { title, columns: ['epoch', 'loss', ...scored], rows },
  };
}

function describeModel({ images, network }: Task): Omit<Model, 'weights'> {
  return {
    role: 'classifier',
    architecture: { family: 'densenet', ...network.config },
    classes: network.classes,
    inputSize: [images.height, images.width],
    normalization: network.normalization,
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
  { images, options, network, start }: Task,
  { seed, threads, log }: NodeContext,
): Trainers {
  const { config, classes, logits } = network;
  const weights =
    start === undefined ? undefined : startWeights(network, start, { seed, side: images.height });
  return openTrainers(
    (batch) =>
      createTrainer({
        inputs: {
          image: [batch, config.channels, images.height, images.width],
          target: [batch, classes.length * logits],
          weight: [batch, classes.length],
        },
        loss: (inputs, scope) => ({
          loss: classifierLoss(inputs, scope, network),
          count: sum(inputs.weight!), // a mean over the labels that count
        }),
        optimizer: adam(),
        ...microBatchOf(options.microBatchSize),
        seed,
        threads,
        ...(weights === undefined ? {} : { weights }),
      }),
    log,
  );
}

type State = TrainingState<{ readonly scores: readonly number[] }>;
/** History and best weights after a validation. */
type Judged = Pick<State, 'rows' | 'best'>;

type Epoch = {
  readonly trainers: Trainers;
  /** Where the epoch begins, which is in its middle after a crash. */
  readonly at: State;
  /** Validates after so many epochs (a fraction within one), of this mean loss. */
  readonly judge: (before: Judged, epoch: number, loss: number) => Promise<Judged>;
};

async function trainEpoch(
  { images, targets, options, network }: Task,
  { trainers, at, judge }: Epoch,
  context: NodeContext,
): Promise<Judged> {
  const { epoch } = at;
  const { config, normalization, classes, logits } = network;
  const batches = shuffledBatches(images.ids.length, options.batchSize, {
    seed: context.seed,
    epoch,
  });
  let { total } = at;
  let judged: Judged = at;
  for (const [index, batch] of batches.entries()) {
    if (index < at.batch) continue;
    const trainer = await trainers.at(batch.length);
    const feeds = {
      image: packInputs(images, batch, { channels: config.channels, ...normalization }),
      target: takeRows(targets.values, batch, classes.length * logits),
      weight: takeRows(targets.weights, batch, classes.length),
    };
    const { loss } = await explainDivergence(
      trainer.step(feeds, { learningRate: options.learningRate }),
    );
    total += loss;
    const done = epoch * batches.length + index + 1;
    if (isWithinEpoch(options.validateSteps, done, batches.length))
      judged = await judge(judged, done / batches.length, total / (index + 1));
    const place = { ...at, ...judged, batch: index + 1, total };
    await context.checkpoint.offer(() => saveTraining(trainers, place));
    context.progress({
      done,
      total: options.epochs * batches.length,
      unit: 'batch',
      metrics: { loss },
    });
  }
  return judge(judged, epoch + 1, total / batches.length);
}

/** The teacher's probabilities of these classes, `[N, K]`. @throws a data error for a class that it does not know. */
async function askTeacher(
  teacher: Model,
  images: Images,
  { classes, context }: { readonly classes: readonly string[]; readonly context: NodeContext },
): Promise<Float32Array> {
  const unknown = classes.find((name) => !teacher.classes.includes(name));
  if (unknown !== undefined)
    throw dataError(
      'teacher',
      `expected a model of ${unknown}, got one of ${teacher.classes.join(', ')}`,
    );
  const probabilities = await classifyEnsemble(teacher, images, context);
  const columns = classes.map((name) => teacher.classes.indexOf(name));
  return Float32Array.from(
    images.ids.flatMap((_, i) =>
      columns.map((k) => probabilities[i * teacher.classes.length + k]!),
    ),
  );
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

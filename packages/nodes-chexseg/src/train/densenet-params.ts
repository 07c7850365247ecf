/** What a user sees of chexseg.densenet-train. */
import { z } from 'zod';
import { blankPolicies, findingPolicies, uncertainPolicies } from './label-policy.ts';
import { validateStepsParam } from './schedule.ts';
import { microBatchParam } from './trainers.ts';

/** The manual of chexseg.densenet-train. */
export const denseNetManual = `Trains a DenseNet to tell which findings a radiograph shows.

The classifier of CheXseg: DenseNet-121 with one sigmoid output per finding, Adam, binary cross entropy over the labels that the
policies keep. Weights are named as torchvision names them. The defaults are the released code's (320 pixels, batch 16, learning
rate 1e-4, 3 epochs); on small data, use fewer blocks and more epochs.

Labels are 1, 0, -1 (uncertain) or blank. U-Ones takes uncertain as positive, U-Zeros as negative, U-Ignore leaves it out of the
loss. U-SelfTrained puts the probability in its place that the teacher gives it: train one with U-Ignore first and wire its model. U-MultiClass
learns three classes per finding (uncertain, negative, positive); the model that comes out has one logit per finding, positive minus negative, which has the
same probability as a softmax over the two. findingPolicies gives findings a policy of their own, as the published CheXpert ensemble does. Blank
counts as negative, as in CheXseg, unless blankPolicy is "ignore".

start: a DenseNet to begin with (chexseg.model-file: ImageNet, MoCo-CXR, CheXpert). Its architecture and input scale replace the parameters here; its head is
kept if it has the same classes. Without it, weights are drawn from the seed.

With validationImages the epoch with the best mean AUROC over the findings is kept (findings without both a positive and a
negative are skipped); without, the last one. keep > 1 keeps that many of the best epochs as an ensemble, whose maps and probabilities are averaged
by the nodes that use it. validateSteps validates within epochs, too, and keeps the best of all (the released code: every tenth of an epoch). The history
table has a row per validation.

Differences from the paper: without a start model weights begin at random, and pixels are scaled by mean 0.5020 and deviation
0.085585, the constants of the CheXpert-initialized segmenters, so that both stages see the same scale (method: traps a.4).

microBatchSize computes a batch in parts, in the memory of one, and sums their gradients. The loss is the same, but batch
normalization then takes its statistics over each part, so results differ from those of whole batches; the log says so.

A finding without any label under the policies is an error; one with only positives or only negatives is a line in the log.

Source: Gadgil et al., "CheXseg", MIDL 2021; Huang et al., CVPR 2017; Irvin et al., AAAI 2019 (label policies).`;

/** Its parameters. */
export const denseNetParams = z.strictObject({
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
  findingPolicies: z
    .record(z.string(), z.enum(findingPolicies))
    .default({})
    .describe('findings whose uncertain labels mean something else'),
  blankPolicy: z.enum(blankPolicies).default('zero').describe('what a blank label means'),
  epochs: z.int().min(1).max(1000).default(3).describe('passes over the images'),
  keep: z
    .int()
    .min(1)
    .max(50)
    .default(1)
    .describe('best epochs to keep; more than one make an ensemble'),
  validateSteps: validateStepsParam,
  batchSize: z.int().min(2).max(256).default(16).describe('images per step'),
  microBatchSize: microBatchParam,
  learningRate: z.number().gt(0).max(1).default(1e-4).describe('step size of Adam'),
  mean: z.number().default(0.502).describe('subtracted from pixels in 0..1'),
  std: z.number().gt(0).default(0.085585).describe('divides them'),
});
export type DenseNetParams = z.infer<typeof denseNetParams>;

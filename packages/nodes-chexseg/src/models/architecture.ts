/** What a model value says about its network, parsed; the only place that knows the JSON form. */
import { dataError } from '@radiograph/graph';
import type { Model } from '@radiograph/kinds';
import { z } from 'zod';
import type { DeepLabConfig } from './deeplab.ts';
import type { DenseNetConfig } from './densenet.ts';
import type { BackboneConfig, IrnetConfig } from './irnet.ts';

const count = z.int().min(1);
const DenseNetArchitecture = z.strictObject({
  family: z.literal('densenet'),
  blocks: z.array(count).min(1),
  growth: count,
  initialFeatures: count,
  bottleneck: count,
  dropRate: z.number(),
  channels: count,
});
const ResNet = {
  depth: z.literal([18, 34, 50, 101, 152]),
  width: count,
  groups: count.optional(),
  widthPerGroup: count.optional(),
};
const ResNetArchitecture = z.strictObject({
  family: z.literal('resnet'),
  ...ResNet,
  channels: count,
});
const BackboneArchitecture = z.discriminatedUnion('family', [
  ResNetArchitecture,
  DenseNetArchitecture,
]);
const IrnetArchitecture = z.strictObject({
  family: z.literal('irnet'),
  backbone: BackboneArchitecture,
});
const Decoder = {
  rates: z.array(count),
  decoderChannels: count,
  channels: count,
  classes: count,
  outputStride: z.literal([8, 16]).optional(),
  dropRate: z.number().min(0).lt(1).default(0.5),
};
const DeepLabArchitecture = z.discriminatedUnion('family', [
  z.strictObject({
    family: z.literal('deeplabv3plus-resnet'),
    ...ResNet,
    ...Decoder,
  }),
  z.strictObject({
    family: z.literal('deeplabv3plus-densenet'),
    densenet: DenseNetArchitecture.omit({ family: true }),
    ...Decoder,
  }),
]);

/** The network of a DenseNet classifier, which alone is trained here. @throws a data error for another family. */
export function readDenseNet(model: Model): DenseNetConfig {
  return parse(DenseNetArchitecture, model);
}

/** The network of a classifier: ResNet or DenseNet. @throws a data error for another family. */
export function readBackbone(model: Pick<Model, 'architecture'>): BackboneConfig {
  return parse(BackboneArchitecture, model);
}

/** The network of a boundary model. @throws a data error for another family. */
export function readIrnet(model: Pick<Model, 'architecture'>): IrnetConfig {
  return parse(IrnetArchitecture, model);
}

/** The network of a segmenter. @throws a data error for another family. */
export function readDeepLab(model: Model): DeepLabConfig {
  return parse(DeepLabArchitecture, model);
}

function parse<T>(schema: z.ZodType<T>, model: Pick<Model, 'architecture'>): T {
  const result = schema.safeParse(model.architecture);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = ['model', 'architecture', ...(issue?.path ?? [])].join('.');
  throw dataError(path, `${issue?.message}, got ${JSON.stringify(model.architecture)}`);
}

/** A model as a network that gives what the model is for: what is exported, and what a file that was exported must hold. */
import { dataError } from '@radiograph/graph';
import type { Model, ModelRole } from '@radiograph/kinds';
import { add, div, type Forward, sigmoid } from '@radiograph/tensor';
import { readBackbone, readDeepLab, readIrnet } from './architecture.ts';
import { classifierFeatures, classifierHead } from './classifier.ts';
import { deepLab } from './deeplab.ts';
import { membersOf } from './ensemble.ts';
import { type BackboneConfig, irnet } from './irnet.ts';

/** Inputs are normalized images `image` `[N, channels, H, W]`. */
export type Network = { readonly channels: number; readonly forward: Forward };

/**
 * The network of a model. Outputs: `probability` of a classifier (of an ensemble the mean) or a segmenter, `features` of an encoder without
 * a head, `edge` and `displacement` of a boundary network.
 *
 * @throws a data error at `model` for an architecture that is none of ours, and for an ensemble whose members want different inputs.
 */
export const networkOf = (model: Model): Network => networks[model.role](model);

const networks: { readonly [R in ModelRole]: (model: Model) => Network } = {
  classifier: (model) => {
    const members = membersOf(model);
    const configs = members.map(readBackbone);
    const [first] = configs as [BackboneConfig]; // an ensemble has members
    const { channels } = first;
    const scales = members.map(({ normalization }) => JSON.stringify(normalization));
    if (new Set(scales).size > 1 || configs.some((config) => config.channels !== channels))
      throw dataError('model', `expected members with one input scale, got ${scales.join(', ')}`);
    const { length: classes } = model.classes;
    if (classes === 0)
      return {
        channels,
        forward: ({ image }, scope) => ({ features: classifierFeatures(scope, image!, first) }),
      };
    return {
      channels,
      forward: ({ image }, scope) => {
        const each = configs.map((config, i) => {
          const own = configs.length === 1 ? scope : scope.at(String(i));
          const features = classifierFeatures(own, image!, config);
          return sigmoid(classifierHead(own, features, config, classes));
        });
        return { probability: div(each.reduce(add), each.length) };
      },
    };
  },
  segmenter: (model) => {
    const config = readDeepLab(model);
    return {
      channels: config.channels,
      forward: ({ image }, scope) => ({ probability: sigmoid(deepLab(scope, image!, config)) }),
    };
  },
  boundary: (model) => {
    const config = readIrnet(model);
    return {
      channels: config.backbone.channels,
      forward: ({ image }, scope) => ({ ...irnet(scope, image!, config) }),
    };
  },
};

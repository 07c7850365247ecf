import { dataError, defineNode, port } from '@radiograph/graph';
import type { ExportedFile, Model } from '@radiograph/kinds';
import { add, div, type Forward, sigmoid, writeOnnx, writeSafetensors } from '@radiograph/tensor';
import { z } from 'zod';
import { readDeepLab, readDenseNet, readIrnet } from '../models/architecture.ts';
import { deepLab } from '../models/deeplab.ts';
import { type DenseNetConfig, denseNetFeatures, denseNetHead } from '../models/densenet.ts';
import { membersOf } from '../models/ensemble.ts';
import { irnet } from '../models/irnet.ts';

const manual = `Writes a model for other programs: weights for PyTorch, or a network that ONNX Runtime runs.

format "safetensors": weights under torchvision's names. In Python: model.load_state_dict(safetensors.torch.load_file("..."), strict=False); only the
counters num_batches_tracked are missing, which inference does not use. A DenseNet fits torchvision.models.DenseNet, a DeepLabv3+ that of
segmentation_models.pytorch 0.1.2. chexseg.model-file and chexseg.segmenter-file read the file again.

format "onnx": the whole network for inference, opset 17, batch normalization folded. Input image [batchSize, channels, H, W], already normalized:
(pixel / maximum - mean) / std. Outputs: probability, [batch, classes] of a classifier (of an ensemble the mean) or [batch, classes, H, W] of a
segmenter; edge and displacement of a boundary network. Every classifier here is a DenseNet.

The file's metadata tells the rest in both: role, architecture, classes, input size, normalization and thresholds, each as JSON.`;

const params = z.strictObject({
  format: z.enum(['safetensors', 'onnx']).default('safetensors').describe('kind of file'),
  batchSize: z
    .int()
    .min(1)
    .max(1024)
    .default(1)
    .describe('images per call of an onnx file, whose shapes are fixed'),
});

export const exportModel = defineNode({
  type: 'chexseg.export-model',
  version: 1,
  title: 'Export model',
  manual,
  inputs: { model: port('model', 'any trained network') },
  outputs: { file: port('file', 'safetensors or ONNX') },
  params,
  run: async ({ model }, { format, batchSize }) => {
    const [bytes, extension] =
      format === 'onnx'
        ? [toOnnxFile(model, batchSize), '.onnx']
        : [writeSafetensors(model.weights, { format: 'pt', ...metadataOf(model) }), '.safetensors'];
    const description = `${model.architecture.family} with ${model.weights.size} tensors, ${model.classes.length} classes`;
    return { file: { description, extension, bytes } satisfies ExportedFile };
  },
});

/** Everything but the weights, as texts. */
function metadataOf({ weights: _, ...rest }: Model): Record<string, string> {
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)]),
  );
}

type Network = { readonly channels: number; readonly forward: Forward };

function toOnnxFile(model: Model, batchSize: number): Uint8Array {
  const { channels, forward } = networks[model.role](model);
  const inputs = { image: [batchSize, channels, ...model.inputSize] };
  return writeOnnx({ inputs, forward, weights: model.weights }, metadataOf(model));
}

const networks: { readonly [R in Model['role']]: (model: Model) => Network } = {
  classifier: (model) => {
    const members = membersOf(model);
    const configs = members.map(readDenseNet);
    const [{ channels }] = configs as [DenseNetConfig]; // an ensemble has members
    if (model.classes.length === 0)
      throw dataError('model', 'expected a classifier with a head, got an encoder alone');
    const scales = members.map(({ normalization }) => JSON.stringify(normalization));
    if (new Set(scales).size > 1 || configs.some((config) => config.channels !== channels))
      throw dataError('model', `expected members with one input scale, got ${scales.join(', ')}`);
    return {
      channels,
      forward: ({ image }, scope) => {
        const each = configs.map((config, i) => {
          const own = configs.length === 1 ? scope : scope.at(String(i));
          return sigmoid(
            denseNetHead(own, denseNetFeatures(own, image!, config), model.classes.length),
          );
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

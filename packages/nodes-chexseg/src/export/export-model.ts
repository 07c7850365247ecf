import { dataError, defineNode, port } from '@radiograph/graph';
import type { ExportedFile, Model } from '@radiograph/kinds';
import { writeOnnx, writeSafetensors } from '@radiograph/tensor';
import { z } from 'zod';
import { networkOf } from '../models/network.ts';

const manual = `Writes a model for other programs: weights for PyTorch, or a network that ONNX Runtime runs.

format "safetensors": weights under torchvision's names. In Python: model.load_state_dict(safetensors.torch.load_file("..."), strict=False); only the
counters num_batches_tracked are missing, which inference does not use. A DenseNet fits torchvision.models.DenseNet, a DeepLabv3+ that of
segmentation_models.pytorch 0.1.2.

format "onnx": the whole network for inference, opset 17; weights keep their names. Input image [batchSize, channels, H, W], already normalized:
(pixel / maximum - mean) / std. Outputs: probability, [batch, classes] of a classifier (of an ensemble the mean) or [batch, classes, H, W] of a
segmenter; edge and displacement of a boundary network.

The file's metadata tells the rest in both: role, architecture, classes, input size, normalization and thresholds, each as JSON. chexseg.model-file,
chexseg.segmenter-file and chexseg.boundary-file read either format back to the same model, to the bit.`;

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

function toOnnxFile(model: Model, batchSize: number): Uint8Array {
  if (model.role === 'classifier' && model.classes.length === 0)
    throw dataError('model', 'expected a classifier with a head, got an encoder alone');
  const { channels, forward } = networkOf(model);
  const inputs = { image: [batchSize, channels, ...model.inputSize] };
  return writeOnnx({ inputs, forward, weights: model.weights }, metadataOf(model));
}

import { defineNode, type Model, port } from '@radiograph/graph';
import { writeSafetensors } from '@radiograph/tensor';
import { z } from 'zod';

const manual = `Writes a model as a safetensors file that PyTorch loads: weights under torchvision's names.

In Python: model.load_state_dict(safetensors.torch.load_file("..."), strict=False); only the counters num_batches_tracked are missing, which
inference does not use. A DenseNet fits torchvision.models.DenseNet, a DeepLabv3+ that of segmentation_models.pytorch 0.1.2. The header's
metadata tells the rest: architecture, classes, input size, normalization and thresholds, each as JSON.

chexseg.model-file and chexseg.segmenter-file read the file again.`;

export const exportModel = defineNode({
  type: 'chexseg.export-model',
  version: 1,
  title: 'Export model',
  manual,
  inputs: { model: port('model', 'any trained network') },
  outputs: { file: port('file', 'safetensors') },
  params: z.strictObject({}),
  run: async ({ model }) => ({
    file: {
      description: `${model.architecture.family} with ${model.weights.size} tensors, ${model.classes.length} classes`,
      extension: '.safetensors',
      bytes: writeSafetensors(model.weights, metadataOf(model)),
    },
  }),
});

/** Everything but the weights; safetensors keeps metadata as text. */
function metadataOf({ weights: _, ...rest }: Model): Record<string, string> {
  const entries = Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)]);
  return Object.fromEntries([['format', 'pt'], ...entries]) as Record<string, string>; // pairs of text
}

/** Compiles a classifier so that one forward pass gives the maps of all findings. */
import type { Model, Size } from '@radiograph/kinds';
import {
  createPredictor,
  gradients,
  mean,
  type Sym,
  sigmoid,
  slice,
  sum,
} from '@radiograph/tensor';
import { readBackbone } from '../models/architecture.ts';
import { classifierFeatures, classifierHead, headOf } from '../models/classifier.ts';

export type CamOptions = {
  readonly layer: string;
  readonly score: 'logit' | 'probability';
  readonly closedForm: boolean;
  /** Which outputs of the classifier. */
  readonly columns: readonly number[];
  readonly batchSize: number;
  readonly threads: number;
};

/** Maps `[B, K, grid]` before upsampling, not below 0, and probabilities `[B, K]`. */
export type CamMaps = { readonly values: Float32Array; readonly probabilities: Float32Array };

/** A compiled classifier. It owns a session: dispose it. */
export type Cam = {
  readonly grid: Size;
  readonly explain: (image: Float32Array) => Promise<CamMaps>;
  readonly dispose: () => Promise<void>;
};

/** Compiles `model` for batches of `[B, C, H, W]`. */
export async function openCam(model: Model, options: CamOptions): Promise<Cam> {
  const { columns, batchSize, threads } = options;
  const config = readBackbone(model);
  const classes = model.classes.length;
  let shape: readonly number[] = [];
  const predictor = await createPredictor({
    inputs: { image: [batchSize, config.channels, ...model.inputSize] },
    forward: ({ image }, scope) => {
      let layer: Sym | undefined;
      const features = classifierFeatures(scope, image!, config, (name, output) => {
        if (name === options.layer) layer = output;
      });
      shape = layer!.shape; // openCam's callers checked that the layer exists
      const logits = classifierHead(scope, features, config, classes);
      const outputs = { layer: layer!, probability: sigmoid(logits) };
      return options.closedForm
        ? outputs
        : { ...outputs, ...channelWeights(logits, layer!, options) };
    },
    weights: model.weights,
    threads,
  });
  const grid = [shape[2]!, shape[3]!] as const;
  return {
    grid,
    async explain(image) {
      const outputs = await predictor.predict({ image });
      const weights = options.closedForm
        ? closedFormWeights(model, outputs, { options, channels: shape[1]! })
        : columns.map((_, k) => outputs[`weight${k}`]!);
      return {
        values: weighChannels(outputs.layer!, weights, shape),
        probabilities: takeColumns(outputs.probability!, columns, classes),
      };
    },
    dispose: () => predictor.dispose(),
  };
}

/** w_k by reverse mode: the spatial mean of the gradient. Images of a batch do not interact, so one sum serves all. */
function channelWeights(
  logits: Sym,
  layer: Sym,
  { columns, score }: CamOptions,
): Record<string, Sym> {
  const scores = score === 'logit' ? logits : sigmoid(logits);
  return Object.fromEntries(
    columns.map((column, k) => {
      const total = sum(slice(scores, { axis: 1, start: column, end: column + 1 }));
      return [`weight${k}`, mean(gradients(total, [layer])[0]!, [2, 3])];
    }),
  );
}

type ClosedForm = { readonly options: CamOptions; readonly channels: number };

/**
 * w_k = W_ck / (H W) * share of positive positions (of all, where no ReLU stands between the layer and the mean); times p (1 - p) for the
 * probability. One `[B, F]` per finding.
 */
function closedFormWeights(
  { weights, classes, architecture }: Model,
  { layer, probability }: Record<string, Float32Array>,
  { options, channels }: ClosedForm,
): Float32Array[] {
  const { columns, batchSize, score } = options;
  const { headName, hasReluInHead } = headOf(readBackbone({ architecture }));
  const head = weights.get(`${headName}.weight`)!.data;
  const area = layer!.length / (batchSize * channels);
  const shares = new Float32Array(batchSize * channels);
  for (let i = 0; i < shares.length; i++) {
    let positive = 0;
    for (let x = 0; x < area; x++) if (!hasReluInHead || layer![i * area + x]! > 0) positive++;
    shares[i] = positive / area;
  }
  return columns.map((column) =>
    shares.map((share, i) => {
      const p = probability![Math.floor(i / channels) * classes.length + column]!;
      const slope = score === 'logit' ? 1 : p * (1 - p);
      return (head[column * channels + (i % channels)]! * share * slope) / area;
    }),
  );
}

/** ReLU of the weighted sum of channels: `[B, K, area]`. */
function weighChannels(
  layer: Float32Array,
  weights: readonly Float32Array[],
  shape: readonly number[],
): Float32Array {
  const [batch = 0, channels = 0, height = 0, width = 0] = shape;
  const area = height * width;
  const values = new Float32Array(batch * weights.length * area);
  for (let n = 0; n < batch; n++) {
    for (const [k, weight] of weights.entries()) {
      const map = values.subarray(
        (n * weights.length + k) * area,
        (n * weights.length + k + 1) * area,
      );
      for (let c = 0; c < channels; c++) {
        const start = (n * channels + c) * area;
        for (let x = 0; x < area; x++) map[x]! += weight[n * channels + c]! * layer[start + x]!;
      }
      for (let x = 0; x < area; x++) map[x] = Math.max(0, map[x]!);
    }
  }
  return values;
}

function takeColumns(
  matrix: Float32Array,
  columns: readonly number[],
  width: number,
): Float32Array {
  const rows = matrix.length / width;
  return Float32Array.from({ length: rows * columns.length }, (_, i) => {
    return matrix[Math.floor(i / columns.length) * width + columns[i % columns.length]!]!;
  });
}

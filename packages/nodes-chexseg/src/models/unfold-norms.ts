/** Convolutions into which an exporter folded a normalization -> a convolution and a normalization that gives the same. */
import type { WeightTensor } from '@radiograph/kinds';

type Weights = ReadonlyMap<string, WeightTensor>;

const epsilon = 1e-5; // of every batch normalization here

/**
 * Where a network declares a convolution without a bias and a batch normalization behind it, and a file has the convolution with a bias and
 * no normalization, as PyTorch's ONNX export leaves it: the normalization adds the bias and changes nothing else. `declared` in the network's order.
 */
export function unfoldNorms(
  weights: Weights,
  declared: ReadonlyMap<string, readonly number[]>,
): Weights {
  const unfolded = new Map(weights);
  const names = [...declared.keys()];
  for (const [i, name] of names.entries()) {
    const layer = name.endsWith('.weight') ? name.slice(0, -'.weight'.length) : undefined;
    const norm = /^(.*)\.weight$/.exec(names[i + 1] ?? '')?.[1];
    if (layer === undefined || norm === undefined) continue;
    const bias = weights.get(`${layer}.bias`);
    const isFolded =
      bias !== undefined &&
      !declared.has(`${layer}.bias`) &&
      declared.has(`${norm}.running_var`) &&
      !weights.has(`${norm}.running_var`);
    if (!isFolded) continue;
    const filled = (value: number): WeightTensor => ({
      shape: bias.shape,
      data: new Float32Array(bias.data.length).fill(value),
    });
    unfolded.delete(`${layer}.bias`);
    unfolded.set(`${norm}.weight`, filled(1));
    unfolded.set(`${norm}.bias`, bias);
    unfolded.set(`${norm}.running_mean`, filled(0));
    unfolded.set(`${norm}.running_var`, filled(1 - epsilon));
  }
  return unfolded;
}

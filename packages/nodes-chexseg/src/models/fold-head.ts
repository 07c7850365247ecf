/** Heads with three logits per finding -> heads with one. */
import type { WeightTensor } from '@radiograph/kinds';

/**
 * Folds a layer `[3 K, ...]` of logits (uncertain, negative, positive) per class into `[K, ...]`: positive - negative.
 *
 * U-MultiClass takes the probability as softmax over (negative, positive) alone, and that is the sigmoid of their difference: probability
 * and gradient stay what they were (method.md b.1; Irvin et al., AAAI 2019, section 3.2).
 */
export function foldThreeClassHead({ shape, data }: WeightTensor): WeightTensor {
  const [outputs = 0, ...rest] = shape;
  const width = rest.reduce((a, b) => a * b, 1);
  const folded = new Float32Array((outputs / 3) * width);
  for (let i = 0; i < folded.length; i++) {
    const start = Math.floor(i / width) * 3 * width + (i % width);
    folded[i] = data[start + 2 * width]! - data[start + width]!;
  }
  return { shape: [outputs / 3, ...rest], data: folded };
}

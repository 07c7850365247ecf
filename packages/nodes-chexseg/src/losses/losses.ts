/** Segmentation and classification losses on logits. `weight` masks (1 or 0) leave out what was not annotated. */
import {
  add,
  div,
  exp,
  expand,
  log,
  max,
  mean,
  mul,
  neg,
  type Sym,
  sigmoid,
  softplus,
  sub,
  sum,
} from '@radiograph/tensor';

/** A target of 0 and 1 and a weight of the same shape, or one that broadcasts to it. */
export type Target = { readonly target: Sym; readonly weight: Sym };

const smoothing = 1; // segmentation_models.pytorch, utils/losses.py

/**
 * Soft Dice averaged over classes: 1 - mean_c (2 sum(p y) + 1) / (sum p + sum y + 1), sums over the whole batch and map.
 *
 * Shapes: logits, target `[N, C, H, W]`; scalar result in 0..1. Empty: a class absent from the batch has d = 1 / (sum p + 1), which
 * pushes its predictions to zero. A class that nobody annotated in the batch (weight 0 throughout) has d = 1 and no gradient.
 * @see Milletari et al., "V-Net", 3DV 2016; Gadgil et al. 2021, released code (method.md a.5).
 */
export function classAverageDice(logits: Sym, { target, weight }: Target): Sym {
  const p = mul(sigmoid(logits), weight);
  const y = mul(target, weight);
  const perClass = (x: Sym) => sum(x, [0, 2, 3]);
  const overlap = add(mul(perClass(mul(p, y)), 2), smoothing);
  const total = add(add(perClass(p), perClass(y)), smoothing);
  return add(neg(mean(div(overlap, total))), 1);
}

/** Binary cross entropy on logits, averaged over entries with weight 1: softplus(z) - z y. 0 if there are none. */
export function binaryCrossEntropy(logits: Sym, { target, weight }: Target): Sym {
  const losses = mul(sub(softplus(logits), mul(logits, target)), weight);
  const count = sum(expand(weight, logits.shape));
  return div(sum(losses), add(count, leastCount));
}

/**
 * Cross entropy of a softmax over the last axis of logits `[N, K, 3]`, averaged over entries with weight 1; target one-hot, weight `[N, K]`.
 *
 * U-MultiClass: Irvin et al., "CheXpert", AAAI 2019, section 3.2.
 */
export function threeClassCrossEntropy(logits: Sym, { target, weight }: Target): Sym {
  const shifted = sub(logits, max(logits, [2], true)); // the largest is 0: no overflow
  const losses = sub(log(sum(exp(shifted), [2])), sum(mul(shifted, target), [2]));
  return div(sum(mul(losses, weight)), add(sum(weight), leastCount));
}

// Keeps a batch without any annotated entry at loss 0 instead of 0 / 0.
const leastCount = 1e-12;

/** Layers under PyTorch's names, so that weights travel between the two. */
import { ShapeError } from '../errors.ts';
import type { Sym } from '../ir/program.ts';
import { add, mul } from '../ops/elementwise.ts';
import { conv2d, normalizeBatch, normalizeChannels, normalizeGroups } from '../ops/image.ts';
import { addBias, linear } from '../ops/reduce.ts';
import type { Init } from '../random/init.ts';
import { printShape, sizeOf } from '../shape.ts';
import type { Scope } from './scope.ts';

/** PyTorch's default for convolution and linear layers: kaiming_uniform with a = sqrt(5). */
export const torchDefault: Init = { type: 'kaiming-uniform', a: Math.sqrt(5) };

export type ConvLayerOptions = {
  readonly channels: number;
  readonly size: number;
  readonly stride?: number;
  /** Default: keeps the size at stride 1, dilation * (size - 1) / 2. */
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  /** Default false. */
  readonly bias?: boolean;
  readonly init?: Init;
};

/** `nn.Conv2d`: weight `[channels, C/groups, size, size]` and, where asked for, bias `[channels]`. */
export function conv(scope: Scope, x: Sym, options: ConvLayerOptions): Sym {
  const {
    channels,
    size,
    stride = 1,
    dilation = 1,
    groups = 1,
    bias = false,
    init = torchDefault,
  } = options;
  const { padding = (dilation * (size - 1)) / 2 } = options;
  const fanIn = (x.shape[1]! / groups) * size * size;
  const weight = scope.param('weight', [channels, x.shape[1]! / groups, size, size], init);
  const y = conv2d(x, weight, { stride, padding, dilation, groups });
  if (!bias) return y;
  return addBias(
    y,
    scope.param('bias', [channels], { type: 'uniform', bound: 1 / Math.sqrt(fanIn) }),
  );
}

/**
 * `nn.BatchNorm2d`: by batch statistics while training, by running ones otherwise.
 *
 * Running variance is unbiased (M / (M - 1)), as in PyTorch; one value per channel has no variance and is refused while training.
 */
export function batchNorm(scope: Scope, x: Sym, { epsilon = 1e-5, momentum = 0.1 } = {}): Sym {
  const channels = [x.shape[1]!];
  const weight = scope.param('weight', channels, { type: 'ones' });
  const bias = scope.param('bias', channels, { type: 'zeros' });
  const runningMean = scope.buffer('running_mean', channels, { type: 'zeros' });
  const runningVariance = scope.buffer('running_var', channels, { type: 'ones' });
  if (!scope.training) {
    return normalizeChannels(x, {
      weight,
      bias,
      mean: runningMean,
      variance: runningVariance,
      epsilon,
    });
  }
  const count = sizeOf(x.shape) / x.shape[1]!;
  if (count < 2) {
    const got = printShape(x.shape);
    throw new ShapeError(`batchNorm: expected at least 2 values per channel to train, got ${got}`);
  }
  const { y, mean, variance } = normalizeBatch(x, { weight, bias, epsilon });
  const blend = (running: Sym, fresh: Sym, factor: number) =>
    add(mul(running, 1 - momentum), mul(fresh, momentum * factor));
  scope.update('running_mean', blend(runningMean, mean, 1));
  scope.update('running_var', blend(runningVariance, variance, count / (count - 1)));
  return y;
}

/** `nn.GroupNorm`: no statistics outlive a step, so it works at any batch size and in micro-batches. */
export function groupNorm(
  scope: Scope,
  x: Sym,
  { groups, epsilon = 1e-5 }: { readonly groups: number; readonly epsilon?: number },
): Sym {
  const channels = [x.shape[1]!];
  const weight = scope.param('weight', channels, { type: 'ones' });
  const bias = scope.param('bias', channels, { type: 'zeros' });
  return normalizeGroups(x, { groups, weight, bias, epsilon });
}

/** `nn.Linear` on `[N, I]`. */
export function dense(
  scope: Scope,
  x: Sym,
  { features, init = torchDefault }: { readonly features: number; readonly init?: Init },
): Sym {
  const weight = scope.param('weight', [features, x.shape[1]!], init);
  return linear(
    x,
    weight,
    scope.param('bias', [features], { type: 'uniform', bound: 1 / Math.sqrt(x.shape[1]!) }),
  );
}

/** Zeroes values with probability `rate` and scales the others by 1 / (1 - rate) while training; the identity otherwise. */
export function dropout(scope: Scope, x: Sym, rate: number): Sym {
  return scope.training && rate > 0 ? mul(x, scope.dropoutMask(x.shape, rate)) : x;
}

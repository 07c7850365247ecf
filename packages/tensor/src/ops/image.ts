/** Convolution, pooling, resizing and batch normalization on `[N, C, H, W]`. */
import { ShapeError } from '../errors.ts';
import type { Sym } from '../ir/program.ts';
import { recordConstant } from './elementwise.ts';
import { reshape } from './layout.ts';
import { addBias, scaleChannels } from './reduce.ts';

type ConvOptions = {
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on every side; default 0. */
  readonly padding?: number;
  /** Distance between filter taps; default 1. */
  readonly dilation?: number;
  /** Channel groups; C for a depthwise convolution. Default 1. */
  readonly groups?: number;
};

/** Cross-correlation of x `[N, C, H, W]` with weight `[K, C/groups, h, w]`, without bias. */
export function conv2d(x: Sym, weight: Sym, options: ConvOptions = {}): Sym {
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  return x.recorder.record('conv2d', { stride, padding, dilation, groups }, [x, weight]);
}

/** Maximum of each window; padding never wins. A gradient goes to the first maximum of a window. */
export function maxPool(
  x: Sym,
  options: { readonly size: number; readonly stride?: number; readonly padding?: number },
): Sym {
  const { size, stride = size, padding = 0 } = options;
  return x.recorder.record('maxPool', { size, stride, padding }, [x]);
}

/** Mean of non-overlapping size x size windows; what does not fill a window is dropped. */
export function avgPool(x: Sym, { size }: { readonly size: number }): Sym {
  return x.recorder.record('avgPool', { size }, [x]);
}

/** Mean over the map: `[N, C, H, W]` -> `[N, C, 1, 1]`. */
export function globalAvgPool(x: Sym): Sym {
  return x.recorder.record('globalAvgPool', {}, [x]);
}

/** Bilinear resize by either corner convention of PyTorch's interpolate; no antialiasing. */
export function resizeBilinear(
  x: Sym,
  {
    height,
    width,
    alignCorners = false,
  }: { readonly height: number; readonly width: number; readonly alignCorners?: boolean },
): Sym {
  return x.recorder.record('resize', { height, width, alignCorners }, [x]);
}

type Statistics = {
  readonly weight: Sym;
  readonly bias: Sym;
  readonly mean: Sym;
  readonly variance: Sym;
  readonly epsilon?: number;
};

/** (x - mean) / sqrt(variance + epsilon) * weight + bias per channel, with given statistics (inference). */
export function normalizeChannels(
  x: Sym,
  { weight, bias, mean, variance, epsilon = 1e-5 }: Statistics,
): Sym {
  return x.recorder.record('batchNorm', { epsilon }, [x, weight, bias, mean, variance]);
}

/** GroupNorm (Wu & He, ECCV 2018): normalizes each of `groups` equal parts of the channels of each image; weight and bias `[C]`. */
export function normalizeGroups(
  x: Sym,
  {
    groups,
    weight,
    bias,
    epsilon = 1e-5,
  }: Pick<Statistics, 'weight' | 'bias' | 'epsilon'> & { readonly groups: number },
): Sym {
  const [batch, channels] = x.shape as readonly [number, number];
  if (channels % groups !== 0)
    throw new ShapeError(
      `normalizeGroups: expected channels in ${groups} equal groups, got ${channels}`,
    );
  const parts = batch * groups;
  const one = (value: number) => recordConstant(x.recorder, value, [parts]);
  const flat = reshape(x, [1, parts, channels / groups, -1]); // a part of an image is a channel here
  const { y } = normalizeBatch(flat, { weight: one(1), bias: one(0), epsilon });
  return addBias(scaleChannels(reshape(y, x.shape), weight), bias);
}

/** Batch normalization by the statistics of x itself (training). Returns them: the mean and the BIASED variance, `[C]` each. */
export function normalizeBatch(
  x: Sym,
  { weight, bias, epsilon = 1e-5 }: Pick<Statistics, 'weight' | 'bias' | 'epsilon'>,
): { readonly y: Sym; readonly mean: Sym; readonly variance: Sym } {
  const mean = x.recorder.record('channelMean', {}, [x]);
  const variance = x.recorder.record('channelVariance', {}, [x, mean]);
  const y = x.recorder.record('batchNormTrain', { epsilon }, [x, weight, bias, mean, variance]);
  return { y, mean, variance };
}

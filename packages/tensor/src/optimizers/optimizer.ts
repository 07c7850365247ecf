/** First-order optimizers as programs: from a parameter, its gradient and its state to their next values. */
import type { Sym } from '../ir/program.ts';
import { add, div, mul, sqrt, sub } from '../ops/elementwise.ts';

/** Scalars that change every step, computed on the host in double precision and fed. */
export type StepScalars = Readonly<Record<string, number>>;

/** An optimizer. `slots` are the state tensors per parameter, shaped like it, zero at first. */
export type Optimizer = {
  readonly slots: readonly string[];
  /** The fed scalars of step `step` (from 1). */
  scalars(step: number, learningRate: number): StepScalars;
  update(call: UpdateCall): {
    readonly parameter: Sym;
    readonly slots: Readonly<Record<string, Sym>>;
  };
};

type UpdateCall = {
  readonly parameter: Sym;
  readonly gradient: Sym;
  readonly slots: Readonly<Record<string, Sym>>;
  readonly scalars: Readonly<Record<string, Sym>>;
  /** Multiplies the learning rate for this parameter. */
  readonly scale: number;
};

type AdamOptions = {
  readonly betas?: readonly [number, number];
  readonly epsilon?: number;
  readonly weightDecay?: number;
};

/** Adam with bias correction, as `torch.optim.Adam` (Kingma and Ba, ICLR 2015, algorithm 1); weight decay is added to the gradient. */
export function adam({
  betas: [beta1, beta2] = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
}: AdamOptions = {}): Optimizer {
  return {
    slots: ['mean', 'square'],
    scalars: (step, learningRate) => ({
      rate: learningRate / (1 - beta1 ** step),
      correction: 1 / Math.sqrt(1 - beta2 ** step),
    }),
    update({ parameter, gradient, slots, scalars, scale }) {
      const g = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
      const mean = add(mul(slots.mean!, beta1), mul(g, 1 - beta1));
      const square = add(mul(slots.square!, beta2), mul(mul(g, g), 1 - beta2));
      const deviation = add(mul(sqrt(square), scalars.correction!), epsilon);
      const rate = scale === 1 ? scalars.rate! : mul(scalars.rate!, scale);
      return {
        parameter: sub(parameter, div(mul(mean, rate), deviation)),
        slots: { mean, square },
      };
    },
  };
}

type SgdOptions = {
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly nesterov?: boolean;
};

/** Stochastic gradient descent as `torch.optim.SGD`: v = momentum * v + g, p -= rate * v (or g + momentum * v with Nesterov). */
export function sgd({
  momentum = 0,
  weightDecay = 0,
  nesterov = false,
}: SgdOptions = {}): Optimizer {
  return {
    slots: momentum === 0 ? [] : ['velocity'],
    scalars: (_, learningRate) => ({ rate: learningRate }),
    update({ parameter, gradient, slots, scalars, scale }) {
      const g = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
      const rate = scale === 1 ? scalars.rate! : mul(scalars.rate!, scale);
      if (momentum === 0) return { parameter: sub(parameter, mul(g, rate)), slots: {} };
      const velocity = add(mul(slots.velocity!, momentum), g);
      const direction = nesterov ? add(g, mul(velocity, momentum)) : velocity;
      return { parameter: sub(parameter, mul(direction, rate)), slots: { velocity } };
    },
  };
}

/** Seeded weight initialization. */

import { createRandom, type Random } from '@radiograph/statistics';
import { type Shape, sizeOf } from '../shape.ts';

/** How a parameter starts. Fans count as in PyTorch: in = C/groups * h * w, out = K * h * w. */
export type Init =
  | { readonly type: 'zeros' }
  | { readonly type: 'ones' }
  /** Normal with deviation sqrt(2 / fan) (He et al., ICCV 2015). */
  | { readonly type: 'kaiming-normal'; readonly fan: 'in' | 'out' }
  /** Uniform in +-sqrt(6 / ((1 + a^2) fan in)); a = sqrt(5) is PyTorch's default for layers. */
  | { readonly type: 'kaiming-uniform'; readonly a: number }
  | { readonly type: 'uniform'; readonly bound: number }
  | { readonly type: 'normal'; readonly std: number };

/** Draws a parameter. The numbers depend on the seed and its name only, so adding a layer changes no other layer. */
export function initialize(
  name: string,
  shape: Shape,
  { init, seed }: { readonly init: Init; readonly seed: number },
): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  const draw = sampler(init, shape, createRandom(seed, 'init', name));
  for (let i = 0; i < data.length; i++) data[i] = draw();
  return data;
}

function sampler(init: Init, shape: Shape, random: Random): () => number {
  const field = sizeOf(shape.slice(2));
  const fanIn = (shape[1] ?? 1) * field;
  switch (init.type) {
    case 'zeros':
      return () => 0;
    case 'ones':
      return () => 1;
    case 'kaiming-normal': {
      const std = Math.sqrt(2 / (init.fan === 'in' ? fanIn : shape[0]! * field));
      return () => std * random.normal();
    }
    case 'kaiming-uniform': {
      const bound = Math.sqrt(6 / ((1 + init.a ** 2) * fanIn));
      return () => bound * (2 * random.next() - 1);
    }
    case 'uniform':
      return () => init.bound * (2 * random.next() - 1);
    case 'normal':
      return () => init.std * random.normal();
  }
}

import { WeightsError } from '../errors.ts';
import { equalShapes, printShape, type Shape } from '../shape.ts';

/** Numbers on the host, row-major. */
export type HostTensor = { readonly shape: Shape; readonly data: Float32Array };
/** Weights by their PyTorch state_dict names. */
export type NamedTensors = ReadonlyMap<string, HostTensor>;

/** Checks weights against what a network declares. @throws {WeightsError} with every missing, unknown and misshaped name. */
export function assertWeightsFit(
  weights: NamedTensors,
  declared: ReadonlyMap<string, Shape>,
): void {
  const problems: string[] = [];
  for (const [name, shape] of declared) {
    const found = weights.get(name);
    if (found === undefined) problems.push(`${name}: expected ${printShape(shape)}, got nothing`);
    else if (!equalShapes(found.shape, shape)) {
      problems.push(`${name}: expected ${printShape(shape)}, got ${printShape(found.shape)}`);
    }
  }
  for (const [name, { shape }] of weights) {
    if (!declared.has(name))
      problems.push(`${name}: expected no such tensor, got ${printShape(shape)}`);
  }
  if (problems.length > 0) throw new WeightsError(problems);
}

/** The weights of a file that a network declares. */
import { nearestName, RadiographError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';
import { declareWeights, type Forward } from '@radiograph/tensor';
import { unfoldNorms } from '../models/unfold-norms.ts';

type Weights = ReadonlyMap<string, WeightTensor>;

type Taking = {
  readonly forward: Forward;
  /** `[1, channels, H, W]` of its images. */
  readonly image: readonly number[];
  readonly path: string;
  readonly log: (message: string) => void;
  /** What becomes of a stored tensor before it is compared; default itself. */
  readonly adapt?: (name: string, stored: WeightTensor) => WeightTensor;
};

const mostProblems = 20;

/**
 * Takes what the network declares; what is left over is named in the log.
 *
 * @throws a data error with every weight that is missing or of another shape, and with the unused tensor of its shape that has the nearest name.
 */
export function takeWeights(
  stored: Weights,
  { forward, image, path, log, adapt }: Taking,
): Weights {
  const declared = declareWeights(forward, { image });
  const weights = unfoldNorms(stored, declared);
  const taken = new Map<string, WeightTensor>();
  const missing: string[] = [];
  for (const [name, shape] of declared) {
    const found = weights.get(name);
    const weight = found !== undefined && adapt !== undefined ? adapt(name, found) : found;
    if (weight?.shape.join() === shape.join()) taken.set(name, weight);
    else missing.push(name);
  }
  const unused = [...weights.keys()].filter((name) => !declared.has(name));
  if (missing.length > 0) {
    const explain = (name: string) => {
      const shape = declared.get(name)!;
      const got = weights.get(name)?.shape.join('x') ?? 'nothing';
      const alike = unused.filter((other) => weights.get(other)!.shape.join() === shape.join());
      const nearest = nearestName(name, alike);
      const hint = nearest === undefined ? '' : ` (nearest of that shape in the file: ${nearest})`;
      return { path, message: `${name}: expected ${shape.join('x')}, got ${got}${hint}` };
    };
    const problems = missing.slice(0, mostProblems).map(explain);
    const rest = missing.length - problems.length;
    const more = {
      path,
      message: `${rest} more of the network's ${declared.size} weights do not fit`,
    };
    throw new RadiographError('data', rest > 0 ? [...problems, more] : problems);
  }
  if (unused.length > 0)
    log(`${unused.length} tensors of the file are not used: ${unused.slice(0, 8).join(', ')}`);
  return taken;
}

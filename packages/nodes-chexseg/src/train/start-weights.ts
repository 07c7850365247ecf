/** Where a training starts: weights drawn from its seed, some of them replaced by those of another model. */
import { dataError } from '@radiograph/graph';
import type { Model } from '@radiograph/kinds';
import type { HostTensor, NamedTensors } from '@radiograph/tensor';

/**
 * The drawn weights, those under `prefix` taken from `source`, whose names lack it.
 *
 * @throws a data error at `port` for a weight that the source lacks or has in another shape.
 */
export function replaceWeights(
  drawn: NamedTensors,
  source: Pick<Model, 'weights'>,
  { prefix, port }: { readonly prefix: string; readonly port: string },
): NamedTensors {
  return new Map(
    [...drawn].map(([name, tensor]): [string, HostTensor] => {
      if (!name.startsWith(prefix)) return [name, tensor];
      const bare = name.slice(prefix.length);
      const known = source.weights.get(bare);
      if (known?.shape.join() === tensor.shape.join()) return [name, known];
      throw dataError(
        port,
        `expected ${bare} of ${tensor.shape.join('x')}, got ${known === undefined ? 'no such weight' : known.shape.join('x')}`,
      );
    }),
  );
}

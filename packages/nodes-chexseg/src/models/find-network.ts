/** Where in a file a network lies: its weights may stand under any name that a program gave it. */
import { dataError } from '@radiograph/graph';
import type { WeightTensor } from '@radiograph/kinds';

type Weights = ReadonlyMap<string, WeightTensor>;

/**
 * The prefix under which a file has all of `anchors`, names that no network of the kind lacks: `` or `model.backbone.` or any other.
 *
 * undefined where there is none. @throws a data error for several, because only whoever made the file knows which is meant.
 */
export function findPrefix(
  weights: Weights,
  anchors: readonly [string, ...string[]],
  path: string,
): string | undefined {
  const [first] = anchors;
  const prefixes = [...weights.keys()].flatMap((name) => {
    const prefix = name.slice(0, name.length - first.length);
    const isWhole = prefix === '' || prefix.endsWith('.');
    const isThere = name.endsWith(first) && isWhole;
    return isThere && anchors.every((anchor) => weights.has(prefix + anchor)) ? [prefix] : [];
  });
  if (prefixes.length > 1)
    throw dataError(
      path,
      `expected one network, got ${prefixes.length}, under ${prefixes.map((prefix) => `"${prefix}"`).join(' and ')}: save the one that is meant`,
    );
  return prefixes[0];
}

/** The weights with the network's own under their own names; others keep theirs. */
export function stripPrefix(weights: Weights, prefix: string): Weights {
  const own = [...weights].flatMap(([name, weight]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), weight] as const] : [],
  );
  const taken = new Map(own);
  const others = [...weights].filter(([name]) => !name.startsWith(prefix) && !taken.has(name));
  return new Map([...own, ...others]);
}

/**
 * The weights with the head under the name that the network gives it. Programs put it elsewhere: `classifier.0` beside a sigmoid, `head`, `fc.1`
 * behind a dropout. It is the one linear layer that takes all `features`; two of them are a projection, no head.
 */
export function placeHead(weights: Weights, name: string, features: number): Weights {
  if (weights.has(`${name}.weight`)) return weights;
  const layers = [...weights].flatMap(([key, { shape }]) => {
    const layer = key.endsWith('.weight') ? key.slice(0, -'.weight'.length) : undefined;
    if (layer === undefined || shape.length !== 2 || shape[1] !== features) return [];
    return weights.get(`${layer}.bias`)?.shape.join() === String(shape[0]) ? [layer] : [];
  });
  const [layer, ...others] = layers;
  if (layer === undefined || others.length > 0) return weights;
  return new Map(
    [...weights].map(([key, weight]) => {
      const isOwn = key === `${layer}.weight` || key === `${layer}.bias`;
      return [isOwn ? `${name}${key.slice(layer.length)}` : key, weight];
    }),
  );
}

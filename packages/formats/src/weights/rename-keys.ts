import { dataError } from '@radiograph/graph';

type Rule = {
  readonly name: string;
  readonly applies: (name: string) => boolean;
  /** undefined leaves the tensor out. */
  readonly rename: (name: string) => string | undefined;
};

const strip = (prefix: string): Rule => ({
  name: prefix,
  applies: (name) => name.startsWith(prefix),
  rename: (name) => name.slice(prefix.length),
});

/** One of these wraps every name of a file: the first that fits any name; MoCo's key encoder and queue are left out. */
const wrappers: readonly Rule[] = [
  {
    // MoCo-CXR: the query encoder is the one to use; its head is a projection, no classifier
    name: 'module.encoder_q.',
    applies: (name) => /^(module\.)?encoder_q\./.test(name),
    rename: (name) => {
      const rest = /^(?:module\.)?encoder_q\.(.*)$/.exec(name)?.[1];
      return rest === undefined || /^(fc|classifier)\.[02]\./.test(rest) ? undefined : rest;
    },
  },
  strip('module.model.'),
  strip('model.model.'), // CheXseg's Lightning module
  strip('model.module.'),
  strip('module.'), // DataParallel
  strip('model.'),
];

/** torchvision before 0.2 wrote `norm.1` for `norm1` inside dense layers. */
const oldDenseLayer = /^(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.)/;

/**
 * New names by old ones; what is missing is left out (`num_batches_tracked`, MoCo's other encoder and projection head).
 *
 * A wrapper is stripped where it stands, so a Lightning file's loss weights beside the network keep their names.
 * @throws a data error if two names become one.
 */
export function renameKeys(names: readonly string[], path: string): ReadonlyMap<string, string> {
  const wrapper = wrappers.find(({ applies }) => names.some(applies));
  const isMoco = wrapper?.name === 'module.encoder_q.';
  const renamed = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const name of names) {
    if (name.endsWith('num_batches_tracked')) continue;
    const bare = wrapper?.applies(name) ? wrapper.rename(name) : isMoco ? undefined : name;
    if (bare === undefined) continue;
    const modern = bare.replace(oldDenseLayer, '$1$2');
    const other = taken.get(modern);
    if (other !== undefined)
      throw dataError(path, `expected one tensor for ${modern}, got ${other} and ${name}`);
    taken.set(modern, name);
    renamed.set(name, modern);
  }
  return renamed;
}

import { dataError } from '@radiograph/graph';

/** What libraries put between the names of modules: DataParallel, torch.compile, FSDP, activation checkpoints. No network calls a part so. */
const wrappers = new Set([
  'module',
  '_orig_mod',
  '_fsdp_wrapped_module',
  '_checkpoint_wrapped_module',
  '_forward_module',
]);

/** torchvision before 0.2 wrote `norm.1` for `norm1` inside dense layers. */
const oldDenseLayer = /^(.*denselayer\d+\.(?:norm|relu|conv))\.((?:[12])\.)/;

/** MoCo: the query encoder is the one to use. Its head is a projection, no classifier. */
const queryEncoder = /^(?:.*\.)?encoder_q\.(.*)$/;
const projection = /^(?:fc|classifier|head|mlp)\.\d+\./;

/**
 * New names by old ones, without the parts that libraries wrap around modules; what is missing is left out (`num_batches_tracked`, MoCo's key
 * encoder, queue and projection head).
 *
 * What a network is called inside of a program (`model.`, `backbone.`) stays: only whoever knows the network can tell.
 * @throws a data error if two names become one.
 */
export function renameKeys(names: readonly string[], path: string): ReadonlyMap<string, string> {
  const isMoco = names.some((name) => queryEncoder.test(name));
  const renamed = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const name of names) {
    if (name.endsWith('num_batches_tracked')) continue;
    const bare = unwrap(name);
    const inner = isMoco ? queryEncoder.exec(bare)?.[1] : bare;
    if (inner === undefined || (isMoco && projection.test(inner))) continue;
    const modern = inner.replace(oldDenseLayer, '$1$2');
    const other = taken.get(modern);
    if (other !== undefined)
      throw dataError(path, `expected one tensor for ${modern}, got ${other} and ${name}`);
    taken.set(modern, name);
    renamed.set(name, modern);
  }
  return renamed;
}

function unwrap(name: string): string {
  return name
    .split('.')
    .filter((part, i, parts) => i === parts.length - 1 || !wrappers.has(part))
    .join('.');
}

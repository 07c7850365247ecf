/** Models that chexseg.export-model wrote: the file itself says everything but the parameters of the node that reads it. */
import { dataError } from '@radiograph/graph';
import type { Model, ModelRole } from '@radiograph/kinds';
import { z } from 'zod';

const scale = z.union([z.number(), z.array(z.number())]);
const Described = z.object({
  role: z.enum(['classifier', 'segmenter', 'boundary']),
  architecture: z.looseObject({ family: z.string() }),
  classes: z.array(z.string()),
  inputSize: z.tuple([z.int().min(1), z.int().min(1)]),
  normalization: z.strictObject({ mean: scale, std: scale }),
  thresholds: z.array(z.number()).nullable(),
});

type Description = Omit<Model, 'weights'>;
type Place = { readonly path: string; readonly role: ModelRole };

/**
 * What the metadata of a file says of its model; undefined for a file that we did not write.
 *
 * @throws a data error for a model of another role, and for metadata of ours that were changed.
 */
export function readDescription(
  metadata: Readonly<Record<string, string>>,
  { path, role }: Place,
): Description | undefined {
  if (!Object.hasOwn(metadata, 'role') || !Object.hasOwn(metadata, 'architecture'))
    return undefined;
  const result = Described.safeParse(parseTexts(metadata, path));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw dataError(`${path} metadata.${issue?.path.join('.')}`, issue?.message ?? 'expected JSON');
  }
  if (result.data.role !== role)
    throw dataError(path, `expected a ${role}, got a ${result.data.role}: another node reads it`);
  return result.data;
}

function parseTexts(metadata: Readonly<Record<string, string>>, path: string) {
  return Object.fromEntries(
    Object.keys(Described.shape).map((name) => {
      const text = Object.hasOwn(metadata, name) ? metadata[name]! : 'null';
      try {
        return [name, JSON.parse(text) as unknown];
      } catch (cause) {
        throw dataError(`${path} metadata.${name}`, 'expected JSON', { cause });
      }
    }),
  );
}

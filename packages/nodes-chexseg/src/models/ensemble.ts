/** Several classifiers as one model: their maps and probabilities are averaged (method.md b.2). */
import { dataError } from '@radiograph/graph';
import type { Model, Normalization, WeightTensor } from '@radiograph/kinds';
import { z } from 'zod';

const normalization = z.union([z.number(), z.array(z.number())]);
const EnsembleArchitecture = z.strictObject({
  family: z.literal('ensemble'),
  members: z
    .array(
      z.strictObject({
        architecture: z.looseObject({ family: z.string() }),
        normalization: z.strictObject({ mean: normalization, std: normalization }),
      }),
    )
    .min(1),
});

/**
 * Joins models of one role, with the same classes and input size; an ensemble among them brings its members.
 *
 * One model alone stays itself. Weights of member i are named `i.` and their own name.
 * @throws a data error at `models` for others, and for none.
 */
export function joinModels(models: readonly Model[]): Model {
  const members = models.flatMap(membersOf);
  const [first] = members;
  if (first === undefined) throw dataError('models', 'expected at least one model, got none');
  if (members.length === 1) return first;
  for (const { role, classes, inputSize } of members) {
    const [ours, theirs] = [first, { role, classes, inputSize }].map((model) =>
      [model.role, model.classes.join(', '), model.inputSize.join('x')].join(' of '),
    );
    if (ours !== theirs)
      throw dataError('models', `expected models that agree, got ${ours} and ${theirs}`);
  }
  const weights = members.flatMap((member, i) =>
    [...member.weights].map(([name, weight]): [string, WeightTensor] => [`${i}.${name}`, weight]),
  );
  return {
    ...first,
    architecture: {
      family: 'ensemble',
      members: members.map(({ architecture, normalization: input }) => ({
        architecture,
        normalization: input,
      })),
    },
    thresholds: null,
    weights: new Map(weights),
  };
}

/** The models of an ensemble; any other model is its own only member. */
export function membersOf(model: Model): readonly Model[] {
  if (model.architecture.family !== 'ensemble') return [model];
  const { members } = EnsembleArchitecture.parse(model.architecture);
  return members.map(({ architecture, normalization: input }, i) => ({
    ...model,
    architecture,
    normalization: input satisfies Normalization,
    weights: new Map(
      [...model.weights].flatMap(([name, weight]): [string, WeightTensor][] =>
        name.startsWith(`${i}.`) ? [[name.slice(`${i}.`.length), weight]] : [],
      ),
    ),
  }));
}

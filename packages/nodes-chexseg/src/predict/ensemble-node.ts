import { dataError, defineNode, many, port } from '@radiograph/graph';
import { z } from 'zod';
import { joinModels } from '../models/ensemble.ts';

const manual = `Joins classifiers into one: maps and probabilities are the plain mean of the members'.

Wire several trained classifiers (seeds, label policies) or ensembles of best epochs (keep of chexseg.densenet-train). They must have the same findings and
input size; architecture and input scale may differ. chexseg.grad-cam and chexseg.classify take the result like any classifier.

The published CheXpert models are such ensembles: 3 runs of the 10 best checkpoints each (method b.1).`;

export const ensemble = defineNode({
  type: 'chexseg.ensemble',
  version: 1,
  title: 'Ensemble',
  manual,
  inputs: { models: many('model', 'classifiers of the same findings') },
  outputs: { model: port('model', 'the ensemble', { role: 'classifier' }) },
  params: z.strictObject({}),
  run: async ({ models }) => {
    for (const { label, value } of models)
      if (value.role !== 'classifier')
        throw dataError('models', `expected classifiers, got the ${value.role} of ${label}`);
    return { model: joinModels(models.map(({ value }) => value)) };
  },
});

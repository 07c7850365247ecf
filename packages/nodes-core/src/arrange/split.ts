import { dataError, defineNode, port } from '@radiograph/graph';
import { type Images, selectImages } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { z } from 'zod';
import { listPatients, shareByFractions } from './patients.ts';

const manual = `Splits images at random into train, validation and test sets, never a patient across two.

Fractions are of patients and sum to 1; counts are rounded so that every patient is used exactly once. The same seed gives the same
split. A set with a fraction above 0 that would get no patient is an error. Labels and masks need no splitting: consumers join them by
image id.

CheXseg's released split drew image ids, so the two views of a patient could fall on both sides; this node does not.`;

const fraction = (initial: number, what: string) =>
  z.number().min(0).max(1).default(initial).describe(`share of the patients for ${what}`);
const params = z
  .strictObject({
    train: fraction(0.7, 'training'),
    validation: fraction(0.1, 'model selection'),
    test: fraction(0.2, 'testing'),
  })
  .refine(({ train, validation, test }) => Math.abs(train + validation + test - 1) < 1e-6, {
    error: 'expected train + validation + test to be 1',
  });

export const split = defineNode({
  type: 'core.split',
  version: 1,
  title: 'Split by patient',
  manual,
  inputs: { images: port('images', 'the images to split') },
  outputs: {
    train: port('images', 'images of the training patients'),
    validation: port('images', 'images of the validation patients'),
    test: port('images', 'images of the test patients'),
  },
  params,
  uses: ['seed'],
  run: async ({ images }, { train, validation, test }, { seed }) => {
    const fractions = { train, validation, test };
    const patients = createRandom(seed, 'split').shuffle(listPatients(images));
    const shares = shareByFractions(patients.length, Object.values(fractions));
    let start = 0;
    const sets = Object.entries(fractions).map(([name, share], i): [string, Images] => {
      const members = new Set(patients.slice(start, start + shares[i]!));
      start += shares[i]!;
      if (share > 0 && members.size === 0)
        throw dataError(
          name,
          `expected at least one patient for ${share} of ${patients.length} patients, got none`,
        );
      return [name, selectImages(images, (index) => members.has(images.patientIds[index]!))];
    });
    const [[, trainSet], [, validationSet], [, testSet]] = sets as [
      (typeof sets)[0],
      (typeof sets)[0],
      (typeof sets)[0],
    ];
    return { train: trainSet, validation: validationSet, test: testSet };
  },
});

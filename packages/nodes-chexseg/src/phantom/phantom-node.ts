import { setImmediate } from 'node:timers/promises';
import { defineNode, port } from '@radiograph/graph';
import { identityFrame, type MaskSource } from '@radiograph/kinds';
import { z } from 'zod';
import { labelTasks } from './finding.ts';
import { packMasks } from './pack-masks.ts';
import { drawPatient, type PhantomCase } from './phantom-case.ts';
import type { FindingMasks } from './readers.ts';

const manual = `Draws synthetic chest radiographs with the ten findings of CheXseg, their expert masks, two readers and image-level labels.

Try everything without patient data. Each patient is a frontal radiograph drawn from a model of the chest (lungs, heart, mediastinum, ribs, spine,
clavicles, vessels, diaphragm), exposed with scatter and quantum noise, and shows a plausible combination of findings: cardiomegaly
widens the mediastinum, edema brings effusions, pneumothoraces bring chest tubes. About one in eight is healthy.

labels: the fourteen tasks of CheXseg's classifier, as noisy as a report labeler: about 10 % of what is there is uncertain (-1), 5 %
blank; most of what is absent is blank, some 0, 2 % wrong. masks: the ten findings; Enlarged Cardiomediastinum includes the heart and
Airspace Opacity is the union of edema, consolidation and atelectasis, as in CheXlocalize. reader1 and reader2 outline the same findings
by other hands and now and then miss one: a stand-in for the radiologist comparison.

A patient is the same at every size and whatever the number of patients. \`radiograph data phantom FOLDER\` writes the same patients as
files in the formats of CheXpert and CheXlocalize, for chexseg.chexpert and chexseg.chexlocalize. Not for training anything that will see real patients.`;

const params = z.strictObject({
  patients: z.int().min(1).max(10_000).default(40).describe('patients to draw, one image each'),
  size: z.int().min(32).max(1024).default(320).describe('side of the square images in pixels'),
  first: z
    .int()
    .min(1)
    .default(1)
    .describe('number of the first patient: other patients for another set'),
});

export const phantom = defineNode({
  type: 'chexseg.phantom',
  version: 1,
  title: 'Phantom',
  manual,
  inputs: {},
  outputs: {
    images: port('images', 'radiographs, 8 bit'),
    labels: port('labels', 'fourteen image-level findings, noisy'),
    masks: port('masks', 'expert masks of the ten findings'),
    reader1: port('masks', 'the same by a first human reader'),
    reader2: port('masks', 'the same by a second human reader'),
  },
  params,
  uses: ['seed'],
  run: async (_, { patients, size, first }, { seed, progress }) => {
    const cases: PhantomCase[] = [];
    for (let i = 0; i < patients; i++) {
      cases.push(drawPatient({ seed, patient: first + i, size }));
      await setImmediate(); // lets a cancel message in
      progress({ done: i + 1, total: patients, unit: 'patient' });
    }
    const ids = cases.map(({ id }) => id);
    const pixels = new Uint8Array(patients * size * size);
    for (const [i, { pixels: drawn }] of cases.entries()) pixels.set(drawn, i * size * size);
    const masksBy = (source: MaskSource, of: (drawn: PhantomCase) => FindingMasks) =>
      packMasks(cases, source, of);
    return {
      images: {
        ids,
        patientIds: cases.map(({ patientId }) => patientId),
        originalSizes: ids.map(() => [size, size] as const),
        frames: ids.map(() => identityFrame),
        height: size,
        width: size,
        bitDepth: 8,
        rows: ids.map((__, i) => i),
        pixels,
      },
      labels: { ids, classes: labelTasks, values: cases.map(({ labels }) => labels) },
      masks: masksBy('expert', ({ expert }) => expert),
      reader1: masksBy('human', ({ readers }) => readers[0]),
      reader2: masksBy('human', ({ readers }) => readers[1]),
    };
  },
});

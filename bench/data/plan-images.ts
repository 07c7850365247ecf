/** Which images a data set has: CheXpert's shares of patients, studies and views. */
import { createRandom } from '@radiograph/statistics';

/** An image that is to be written. */
export type PlannedImage = {
  /** `patient00001/study1/view1_frontal.jpg`. */
  readonly file: string;
  readonly view: 'frontal' | 'lateral';
  /** Number of its study among all; images of a study share their labels. */
  readonly study: number;
};

// CheXpert's train.csv: 223,414 images, of which 191,027 are frontal, of 64,540 patients.
const frontalShare = 191_027 / 223_414;
const patientShare = 64_540 / 223_414;

/**
 * Plans `count` images in the order of the CSV: every patient has at least one study, every study one frontal view, some a lateral one.
 *
 * Patients are numbered from `firstPatient` on. 223,414 images have 191,027 frontal ones.
 */
export function planImages(
  count: number,
  { seed, firstPatient }: { readonly seed: number; readonly firstPatient: number },
): PlannedImage[] {
  const studies = Math.round(count * frontalShare);
  const hasLateral = (study: number) => spread(study + 1) > spread(study);
  const spread = (study: number) => Math.floor(((count - studies) * study) / studies);
  const images: PlannedImage[] = [];
  let study = 0;
  for (const [p, own] of drawStudies(studies, Math.round(count * patientShare), seed).entries()) {
    const patient = `patient${String(firstPatient + p).padStart(5, '0')}`;
    for (let s = 1; s <= own; s++, study++) {
      const folder = `${patient}/study${s}`;
      images.push({ file: `${folder}/view1_frontal.jpg`, view: 'frontal', study });
      if (hasLateral(study))
        images.push({ file: `${folder}/view2_lateral.jpg`, view: 'lateral', study });
    }
  }
  return images;
}

/** How many studies each patient has: one at least, a few patients have many. */
function drawStudies(studies: number, patients: number, seed: number): number[] {
  const more = studies - patients;
  const upTo = (patient: number) => Math.floor(more * (1 - (1 - patient / patients) ** 3));
  const counts = Array.from({ length: patients }, (_, p) => 1 + upTo(p + 1) - upTo(p));
  return createRandom(seed, 'studies').shuffle(counts);
}

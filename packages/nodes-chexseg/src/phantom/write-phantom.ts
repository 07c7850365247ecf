/** The phantom as files: CheXpert's CSV and JPEG, CheXlocalize's run-length JSON (method.md section c). */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { emptyRle, encodeRle, type LabelValue } from '@radiograph/graph';
import { writeContactSheet } from './contact-sheet.ts';
import { type Finding, findings, type LabelTask, labelTasks } from './finding.ts';
import { drawPatient, type PhantomCase } from './phantom-case.ts';
import type { FindingMasks } from './readers.ts';

export type WritePhantomOptions = {
  readonly folder: string;
  readonly patients: number;
  readonly size: number;
  readonly seed: number;
  readonly onPatient?: (done: number) => void;
};

// The order of CheXpert's CSV, which is not that of the classifier's tasks; "Lung Opacity" is Airspace Opacity.
const csvTasks: readonly LabelTask[] = [
  'No Finding',
  'Enlarged Cardiomediastinum',
  'Cardiomegaly',
  'Airspace Opacity',
  'Lung Lesion',
  'Edema',
  'Consolidation',
  'Pneumonia',
  'Atelectasis',
  'Pneumothorax',
  'Pleural Effusion',
  'Pleural Other',
  'Fracture',
  'Support Devices',
];
const trainShare = 0.75;

/**
 * Writes a data set: `CheXpert-phantom/{train,valid}/patientN/study1/view1_frontal.jpg` with train.csv and valid.csv, and for the
 * validation patients `CheXlocalize-phantom/{gt,hb1,hb2}_segmentations_val.json` (expert and two readers), and contact-sheet.png.
 *
 * As in CheXlocalize all ten findings of an image are listed, and truth lists only images with a finding.
 */
export async function writePhantom({
  folder,
  patients,
  size,
  seed,
  onPatient,
}: WritePhantomOptions): Promise<void> {
  const cases: PhantomCase[] = [];
  for (let patient = 1; patient <= patients; patient++) {
    const drawn = drawPatient({ seed, patient, size });
    await writeJpeg(join(folder, pathOf(drawn, setOf(patient, patients))), drawn);
    cases.push(drawn);
    onPatient?.(patient);
  }
  for (const set of ['train', 'valid'] as const) {
    const members = cases.filter((_, i) => setOf(i + 1, patients) === set);
    await writeFile(join(folder, 'CheXpert-phantom', `${set}.csv`), printCsv(members, set));
  }
  const validation = cases.filter((_, i) => setOf(i + 1, patients) === 'valid');
  const readers = {
    gt: ({ expert }: PhantomCase) => expert,
    hb1: ({ readers: [first] }: PhantomCase) => first,
    hb2: ({ readers: [, second] }: PhantomCase) => second,
  };
  await mkdir(join(folder, 'CheXlocalize-phantom'), { recursive: true });
  for (const [name, of] of Object.entries(readers)) {
    const text = `${JSON.stringify(listSegmentations(validation, of))}\n`;
    await writeFile(join(folder, 'CheXlocalize-phantom', `${name}_segmentations_val.json`), text);
  }
  await writeContactSheet(join(folder, 'contact-sheet.png'), { seed, size: Math.min(size, 320) });
}

type SetName = 'train' | 'valid';

function setOf(patient: number, patients: number): SetName {
  return patient <= Math.round(patients * trainShare) ? 'train' : 'valid';
}

function pathOf({ patientId }: PhantomCase, set: SetName): string {
  return `CheXpert-phantom/${set}/${patientId}/study1/view1_frontal.jpg`;
}

async function writeJpeg(path: string, { pixels, size }: PhantomCase): Promise<void> {
  const { default: sharp } = await import('sharp');
  await mkdir(dirname(path), { recursive: true });
  const raw = { width: size, height: size, channels: 1 } as const;
  await sharp(pixels, { raw }).jpeg({ quality: 92 }).toFile(path);
}

function printCsv(cases: readonly PhantomCase[], set: SetName): string {
  const columns = csvTasks.map((task) => (task === 'Airspace Opacity' ? 'Lung Opacity' : task));
  const header = ['Path', 'Sex', 'Age', 'Frontal/Lateral', 'AP/PA', ...columns].join(',');
  const lines = cases.map((drawn) => {
    const values = csvTasks.map((task) => printLabel(drawn.labels[labelTasks.indexOf(task)]!));
    // Sex and age are not modeled; CheXpert writes Unknown and 0 where they are not known.
    return [pathOf(drawn, set), 'Unknown', '0', 'Frontal', 'PA', ...values].join(',');
  });
  return `${[header, ...lines].join('\n')}\n`;
}

function printLabel(value: LabelValue): string {
  return value === null ? '' : value.toFixed(1);
}

type Segmentation = { readonly size: readonly [number, number]; readonly counts: string };

function listSegmentations(
  cases: readonly PhantomCase[],
  of: (drawn: PhantomCase) => FindingMasks,
): Record<string, Record<Finding, Segmentation>> {
  const positive = cases.filter(({ present }) => present.size > 0);
  return Object.fromEntries(
    positive.map((drawn) => {
      const { id, size } = drawn;
      const rows = findings.map((finding): [Finding, Segmentation] => {
        const mask = of(drawn).get(finding);
        const counts = mask === undefined ? emptyRle(size, size) : encodeRle(mask, size, size);
        return [finding, { size: [size, size], counts }];
      });
      return [id, Object.fromEntries(rows) as Record<Finding, Segmentation>]; // one row per finding
    }),
  );
}

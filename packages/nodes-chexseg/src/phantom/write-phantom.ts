/** The phantom as files: CheXpert's CSV and JPEG, CheXlocalize's polygons, run lengths and points (method.md section c). */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Point } from '@radiograph/formats';
import { printAnnotations } from '../chexlocalize/annotations.ts';
import { printSalientPoints } from '../chexlocalize/salient-points.ts';
import { printSegmentations } from '../chexlocalize/segmentations.ts';
import { fillHoles } from '../pseudo/fill-holes.ts';
import { writeContactSheet } from './contact-sheet.ts';
import type { Finding } from './finding.ts';
import { packMasks } from './pack-masks.ts';
import { drawPatient, type PhantomCase } from './phantom-case.ts';
import { pointAt } from './point-at.ts';
import { printChexpertCsv } from './print-csv.ts';

export type WritePhantomOptions = {
  readonly folder: string;
  readonly patients: number;
  readonly size: number;
  readonly seed: number;
  readonly onPatient?: (done: number) => void;
};

// Of the patients in their order; the rest is the test set.
const trainShare = 0.6;
const validShare = 0.2;

/**
 * Writes a data set as the releases are laid out:
 *
 * `CheXpert-phantom/`: `{train,valid,test}/patientN/study1/view1_frontal.jpg`, train.csv, valid.csv, and test_labels.csv without view columns.
 * `CheXlocalize-phantom/`, for val and test: `gt_annotations` (polygons), `gt_segmentations` (their run lengths), `hb_segmentations` and
 * `hb2_segmentations` (two readers), `hb_salient_pt` (where the first one points). And contact-sheet.png, to look at.
 *
 * As in CheXlocalize the truth lists only images with a finding, holes of masks are filled, and readers list every image.
 */
export async function writePhantom({
  folder,
  patients,
  size,
  seed,
  onPatient,
}: WritePhantomOptions): Promise<void> {
  const sets: Record<SetName, PhantomCase[]> = { train: [], valid: [], test: [] };
  for (let patient = 1; patient <= patients; patient++) {
    const set = setOf(patient, patients);
    const drawn = drawPatient({ seed, patient, size });
    await writeJpeg(join(folder, pathOf(drawn, set)), drawn);
    sets[set].push(drawn);
    onPatient?.(patient);
  }
  await mkdir(join(folder, 'CheXlocalize-phantom'), { recursive: true });
  for (const set of ['train', 'valid', 'test'] as const) {
    const name = set === 'test' ? 'test_labels' : set;
    await writeFile(join(folder, 'CheXpert-phantom', `${name}.csv`), printCsv(sets[set], set));
    if (set === 'train') continue;
    const suffix = set === 'valid' ? 'val' : 'test';
    for (const [file, text] of Object.entries(describeMasks(sets[set]))) {
      await writeFile(join(folder, 'CheXlocalize-phantom', `${file}_${suffix}.json`), text);
    }
  }
  await writeContactSheet(join(folder, 'contact-sheet.png'), { seed, size: Math.min(size, 320) });
}

type SetName = 'train' | 'valid' | 'test';

function setOf(patient: number, patients: number): SetName {
  const position = (patient - 0.5) / patients;
  if (position < trainShare) return 'train';
  return position < trainShare + validShare ? 'valid' : 'test';
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
  const images = cases.map((drawn) => ({
    path: pathOf(drawn, set),
    view: 'frontal' as const,
    labels: drawn.labels,
  }));
  return printChexpertCsv(images, set !== 'test');
}

/** What CheXlocalize has of a set: the text of each JSON file by its name. */
function describeMasks(cases: readonly PhantomCase[]): Record<string, string> {
  const positive = cases.filter(({ expert }) => expert.size > 0);
  const truth = packMasks(positive, 'expert', ({ expert, size }) => {
    return new Map([...expert].map(([finding, mask]) => [finding, fillHoles(mask, size, size)]));
  });
  return {
    gt_annotations: printAnnotations(truth),
    gt_segmentations: printSegmentations(truth),
    hb_segmentations: printSegmentations(packMasks(cases, 'human', ({ readers }) => readers[0])),
    hb2_segmentations: printSegmentations(packMasks(cases, 'human', ({ readers }) => readers[1])),
    hb_salient_pt: printSalientPoints(
      Object.fromEntries(cases.map((drawn) => [drawn.id, pointsOf(drawn)])),
    ),
  };
}

function pointsOf({ readers: [first], size }: PhantomCase): Partial<Record<Finding, Point[]>> {
  return Object.fromEntries(
    [...first].flatMap(([finding, mask]) => {
      const point = pointAt(mask, size);
      return point === undefined ? [] : [[finding, [point]]];
    }),
  );
}

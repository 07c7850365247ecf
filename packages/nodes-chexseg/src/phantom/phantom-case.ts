/** One synthetic patient: radiograph, expert masks, two readers, image-level labels. */
import type { LabelValue } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import { drawAnatomy, type Side } from './anatomy.ts';
import { drawFindings } from './co-occurrence.ts';
import { drawDevices } from './devices.ts';
import { expose } from './expose.ts';
import { maskOf } from './field.ts';
import { type Finding, findings } from './finding.ts';
import { writeLabels } from './image-labels.ts';
import {
  drawAtelectasis,
  drawConsolidation,
  drawEdema,
  drawEffusion,
  drawLesion,
  drawOpacity,
  drawPneumothorax,
} from './lung-findings.ts';
import { type FindingMasks, redraw } from './readers.ts';
import { openScene, type Scene } from './scene.ts';
import { drawThorax } from './thorax.ts';

/** A patient of the phantom. Masks hold 0 and 1, `[size * size]`, only for findings that are there. */
export type PhantomCase = {
  /** As CheXpert names images: `patient00001_study1_view1_frontal`. */
  readonly id: string;
  readonly patientId: string;
  readonly size: number;
  /** `[size * size]`, bright = dense. */
  readonly pixels: Uint8Array;
  readonly present: ReadonlySet<Finding>;
  readonly expert: FindingMasks;
  readonly readers: readonly [FindingMasks, FindingMasks];
  /** By the fourteen label tasks. */
  readonly labels: readonly LabelValue[];
};

export type PhantomOptions = {
  readonly seed: number;
  /** 1, 2, ...; the same number is the same patient at every size. */
  readonly patient: number;
  readonly size: number;
  /** Stands in for the drawn findings. */
  readonly present?: ReadonlySet<Finding>;
};

/** Draws a patient. The same options give the same bytes. */
export function drawPatient({ seed, patient, size, present: wanted }: PhantomOptions): PhantomCase {
  const random = (purpose: string) => createRandom(seed, 'phantom', patient, purpose);
  const present = wanted ?? drawFindings(random('findings'));
  const collapsed: Side = random('collapse').next() < 0.5 ? -1 : 1;
  const anatomy = drawAnatomy(random('anatomy'), present, collapsed);
  const scene = openScene({ size, anatomy, present, random });
  const expert = drawMasks(scene, collapsed);
  const pixels = expose(drawThorax(scene), random('exposure'));
  const patientId = `patient${String(patient).padStart(5, '0')}`;
  return {
    id: `${patientId}_study1_view1_frontal`,
    patientId,
    size,
    pixels,
    present,
    expert,
    readers: [redraw(expert, size, random('reader 1')), redraw(expert, size, random('reader 2'))],
    labels: writeLabels(present, random('labels')),
  };
}

/** Draws each finding into the scene; the masks of those that the findings before them make up come last. */
function drawMasks(scene: Scene, collapsed: Side): FindingMasks {
  const masks = new Map<Finding, Uint8Array>();
  const drawers: { readonly [F in Finding]: () => Uint8Array } = {
    'Enlarged Cardiomediastinum': () => union([maskOf(scene.mediastinum), maskOf(scene.heart)]),
    Cardiomegaly: () => maskOf(scene.heart),
    'Lung Lesion': () => drawLesion(scene),
    Edema: () => drawEdema(scene),
    Consolidation: () => drawConsolidation(scene),
    Atelectasis: () => drawAtelectasis(scene, collapsed),
    'Airspace Opacity': () => drawAirspaceOpacity(scene, masks),
    Pneumothorax: () => drawPneumothorax(scene),
    'Pleural Effusion': () => drawEffusion(scene),
    'Support Devices': () => drawDevices(scene),
  };
  const drawn = Object.keys(drawers) as Finding[]; // the keys of a total table over Finding
  for (const finding of drawn) {
    if (!scene.present.has(finding)) continue;
    const mask = drawers[finding]();
    if (mask.includes(1)) masks.set(finding, mask);
  }
  return new Map(
    findings.flatMap((finding) => (masks.has(finding) ? [[finding, masks.get(finding)!]] : [])),
  );
}

/** Opacity is what edema, consolidation and atelectasis have in common; alone it is patches of its own. */
function drawAirspaceOpacity(scene: Scene, masks: FindingMasks): Uint8Array {
  const causes = (['Edema', 'Consolidation', 'Atelectasis'] as const).flatMap(
    (finding) => masks.get(finding) ?? [],
  );
  return causes.length > 0 ? union(causes) : drawOpacity(scene);
}

function union(masks: readonly Uint8Array[]): Uint8Array {
  return masks.reduce((joined, mask) => joined.map((value, i) => value | mask[i]!));
}

/** What the outputs of published heads stand for. */
import { dataError } from '@radiograph/graph';
import { findings, labelTasks } from '../phantom/finding.ts';

/** The eighteen outputs of torchxrayvision's models; two of them under our names. */
const xrvClasses = [
  'Atelectasis',
  'Consolidation',
  'Infiltration',
  'Pneumothorax',
  'Edema',
  'Emphysema',
  'Fibrosis',
  'Pleural Effusion',
  'Pneumonia',
  'Pleural Thickening',
  'Cardiomegaly',
  'Nodule',
  'Mass',
  'Hernia',
  'Lung Lesion',
  'Fracture',
  'Airspace Opacity',
  'Enlarged Cardiomediastinum',
] as const;

const known: readonly (readonly string[])[] = [labelTasks, findings, xrvClasses];
const imageNet = 1000;

/** How a head of so many outputs is read. */
export type HeadReading = {
  readonly classes: readonly string[];
  /** Three logits per class (uncertain, negative, positive), as CheXseg's U-MultiClass has them. */
  readonly isThreeClass: boolean;
};

/**
 * Names the outputs of a head: by `wanted`, or by their number (14 CheXseg tasks, 10 findings, 18 of torchxrayvision, or three logits for
 * each of these). undefined = ImageNet's thousand classes, which mean nothing here: the head is left out.
 *
 * @throws a data error if the number fits nothing.
 */
export function readHead(
  outputs: number,
  wanted: readonly string[],
  path: string,
): HeadReading | undefined {
  const candidates = wanted.length > 0 ? [wanted] : known;
  for (const classes of candidates) {
    if (classes.length === outputs) return { classes, isThreeClass: false };
    if (classes.length * 3 === outputs) return { classes, isThreeClass: true };
  }
  if (wanted.length === 0 && outputs === imageNet) return undefined;
  const expected =
    wanted.length > 0
      ? `${wanted.length} outputs, or three times as many, for classes`
      : 'a name in classes for each output';
  throw dataError(path, `expected ${expected}, got ${outputs} outputs`);
}

/** The CSV files of CheXpert (method.md section c), for synthetic patients. */
import type { LabelValue } from '@radiograph/kinds';
import { type LabelTask, labelTasks } from './finding.ts';

/** One image of a CSV file. */
export type CsvImage = {
  /** As CheXpert writes it: `CheXpert-v1.0-small/train/patient00001/study1/view1_frontal.jpg`. */
  readonly path: string;
  readonly view: 'frontal' | 'lateral';
  /** By the fourteen label tasks. */
  readonly labels: readonly LabelValue[];
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

/**
 * Writes train.csv, valid.csv (`details`) or test_labels.csv, which has neither views nor sex and age.
 *
 * Sex and age of synthetic patients are not modeled; CheXpert writes Unknown and 0 where they are not known.
 */
export function printChexpertCsv(images: readonly CsvImage[], details: boolean): string {
  const names = csvTasks.map((task) => (task === 'Airspace Opacity' ? 'Lung Opacity' : task));
  const columns = csvTasks.map((task) => labelTasks.indexOf(task));
  const header = ['Path', ...(details ? ['Sex', 'Age', 'Frontal/Lateral', 'AP/PA'] : []), ...names];
  const lines = images.map(({ path, view, labels }) => {
    const shown =
      view === 'frontal' ? ['Unknown', '0', 'Frontal', 'PA'] : ['Unknown', '0', 'Lateral', ''];
    const values = columns.map((column) => printLabel(labels[column]!));
    return [path, ...(details ? shown : []), ...values].join(',');
  });
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

function printLabel(value: LabelValue): string {
  return value === null ? '' : value.toFixed(1);
}

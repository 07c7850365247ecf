/** The classes of CheXseg (method.md a.1). */

/** The ten segmented findings, in channel order. */
export const findings = [
  'Enlarged Cardiomediastinum',
  'Cardiomegaly',
  'Lung Lesion',
  'Airspace Opacity',
  'Edema',
  'Consolidation',
  'Atelectasis',
  'Pneumothorax',
  'Pleural Effusion',
  'Support Devices',
] as const;
export type Finding = (typeof findings)[number];

/** The fourteen tasks of the classifier, in its order (not that of CheXpert's CSV). */
export const labelTasks = [
  'No Finding',
  'Enlarged Cardiomediastinum',
  'Cardiomegaly',
  'Lung Lesion',
  'Airspace Opacity',
  'Edema',
  'Consolidation',
  'Pneumonia',
  'Atelectasis',
  'Pneumothorax',
  'Pleural Effusion',
  'Pleural Other',
  'Fracture',
  'Support Devices',
] as const;
export type LabelTask = (typeof labelTasks)[number];

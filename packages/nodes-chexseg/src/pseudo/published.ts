/** Numbers that were published with the saliency maps, by finding (method.md b.3). */

type Table = Readonly<Record<string, number>>;

/** CheXlocalize: shares of the map's range, tuned on its validation set (tuning_results.csv). */
const tunedThresholds: Table = {
  'Enlarged Cardiomediastinum': 0.2,
  Cardiomegaly: 0.2,
  'Lung Lesion': 0.7,
  'Airspace Opacity': 0.4,
  Edema: 0.4,
  Consolidation: 0.4,
  Atelectasis: 0.4,
  Pneumothorax: 0.6,
  'Pleural Effusion': 0.6,
  'Support Devices': 0.4,
};

/** CheXlocalize: least probabilities, tuned on its validation set (probability_tuning_results.csv). */
const tunedCutoffs: Table = {
  'Enlarged Cardiomediastinum': 0,
  Cardiomegaly: 0.1,
  'Lung Lesion': 0.1,
  'Airspace Opacity': 0.4,
  Edema: 0.5,
  Consolidation: 0.1,
  Atelectasis: 0.3,
  Pneumothorax: 0.6,
  'Pleural Effusion': 0.6,
  'Support Devices': 0.4,
};

/** CheXseg: least maxima of maps of the probability (GRADCAM_CUTOFF). */
const rawCutoffs: Table = {
  'Enlarged Cardiomediastinum': 1.77e-4,
  Cardiomegaly: 4.23e-4,
  'Lung Lesion': 8.63e-4,
  'Airspace Opacity': 8.45e-4,
  Edema: 1.33e-3,
  Consolidation: 3.29e-4,
  Atelectasis: 8.19e-4,
  Pneumothorax: 1.4e-3,
  'Pleural Effusion': 1.17e-3,
  'Support Devices': 1.16e-3,
};

/** What the parameter `published` fills in. */
export const published: {
  readonly [P in 'none' | 'chexlocalize' | 'chexseg']: {
    readonly thresholds: Table;
    readonly cutoffs: Table;
    readonly rawCutoffs: Table;
  };
} = {
  none: { thresholds: {}, cutoffs: {}, rawCutoffs: {} },
  chexlocalize: { thresholds: tunedThresholds, cutoffs: tunedCutoffs, rawCutoffs: {} },
  chexseg: { thresholds: {}, cutoffs: {}, rawCutoffs },
};

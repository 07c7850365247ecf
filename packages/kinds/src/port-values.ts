/** The kinds that are at home here, for the compiler: what travels under each name. */
import type { Figure } from './figure/figure.ts';
import type { ExportedFile } from './file/file.ts';
import type { Images } from './images/images.ts';
import type { Labels } from './labels/labels.ts';
import type { Masks } from './masks/masks.ts';
import type { Model } from './model/model.ts';
import type { Predictions } from './predictions/predictions.ts';
import type { Saliency } from './saliency/saliency.ts';
import type { Scores } from './scores/scores.ts';
import type { Supervision } from './supervision/supervision.ts';
import type { Table } from './table/table.ts';

declare module '@radiograph/graph' {
  interface PortValues {
    images: Images;
    labels: Labels;
    masks: Masks;
    saliency: Saliency;
    model: Model;
    supervision: Supervision;
    predictions: Predictions;
    scores: Scores;
    table: Table;
    figure: Figure;
    file: ExportedFile;
  }
  interface SampleKinds {
    images: true;
    labels: true;
    masks: true;
    saliency: true;
    predictions: true;
  }
}

/** Labels and masks that lie beside a folder of images: parameters and loading, the same for every kind of image file. */
import { readFile } from 'node:fs/promises';
import { type Csv, parseCsv } from '@radiograph/formats';
import { dataError, type NodeContext } from '@radiograph/graph';
import { type Images, identityFrame, type Labels, type Masks } from '@radiograph/kinds';
import { z } from 'zod';
import { parseRule, readLabels, rulePattern } from './label-rules.ts';
import { readMasks } from './read-masks.ts';
import { readSiimMasks } from './siim-masks.ts';

/** Parameters of a loader whose images may have masks and labels. */
export const annotationParams = {
  masks: z
    .string()
    .default('')
    .describe('folder of mask folders, or a CSV of SIIM run lengths; empty = none'),
  maskClasses: z
    .array(z.string())
    .default([])
    .describe('classes to read; empty = every sub-folder; of a CSV its one class'),
  labels: z.string().default('').describe('CSV file of image-level labels; empty = none'),
  labelRules: z
    .array(
      z.string().regex(rulePattern, 'expected "[name =] column > number" with >, >=, <, <= or =='),
    )
    .default([])
    .describe('findings made from numeric columns'),
  idColumn: z.string().default('').describe('column that names the image; empty = the first'),
} as const;

type AnnotationOptions = {
  readonly [K in keyof typeof annotationParams]: z.infer<(typeof annotationParams)[K]>;
};

/** The labels of the images; no classes if there is no CSV file. */
export async function loadLabels(
  options: AnnotationOptions,
  { ids }: Images,
  context: NodeContext,
): Promise<Labels> {
  if (options.labels === '') return { ids, classes: [], values: ids.map(() => []) };
  const path = context.resolvePath(options.labels);
  const rules = options.labelRules.map(parseRule);
  return readLabels({ csv: await readCsv(path), path, idColumn: options.idColumn, rules }, ids);
}

async function readCsv(path: string): Promise<Csv> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw dataError(path, 'expected a CSV file, got nothing that can be read', { cause: error });
  });
  return parseCsv(text, path);
}

/** The masks of the images in original pixels; no classes if there is no mask folder. */
export async function loadMasks(
  options: AnnotationOptions,
  images: Images,
  context: NodeContext,
): Promise<Masks> {
  const { ids, originalSizes } = images;
  if (options.masks === '') {
    return {
      ids,
      classes: [],
      source: 'expert',
      sizes: originalSizes,
      frames: ids.map(() => identityFrame),
      counts: ids.map(() => []),
    };
  }
  const folder = context.resolvePath(options.masks);
  if (/\.csv$/i.test(folder)) {
    const [className = 'Pneumothorax'] = options.maskClasses;
    return readSiimMasks({ csv: await readCsv(folder), path: folder, className }, images);
  }
  let done = 0;
  const onImage = () => {
    done++;
    context.progress({
      done,
      total: Math.max(done, ids.length * Math.max(1, options.maskClasses.length)),
      unit: 'mask',
    });
  };
  return readMasks({ folder, classes: options.maskClasses, ids, sizes: originalSizes, onImage });
}

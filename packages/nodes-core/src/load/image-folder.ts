import { join } from 'node:path';
import {
  imagePattern,
  listFolder,
  packImages,
  readBitDepth,
  readGreyImage,
} from '@radiograph/formats';
import { dataError, defineNode, type NodeContext, port, RadiographError } from '@radiograph/graph';
import type { Images } from '@radiograph/kinds';
import { z } from 'zod';
import { annotationParams, loadLabels, loadMasks } from './load-annotations.ts';

const manual = `Loads radiographs, and their masks and labels where there are any, from plain folders and a CSV file.

folder: PNG or JPEG files; the name without extension is the image's id. Color is turned to grey; 16 bit is kept if every file has it.
Images are letterboxed into a square frame: the longer side becomes \`size\` pixels, bilinear, the rest is black (as CheXseg does).
The transform back to the original pixels is kept with each image.

masks: a folder with one sub-folder per class, and in it one PNG per image under the image's own name and in its own size. Pixels above
127 of 255 are foreground. Masks stay in original pixels; they are brought to a frame where they are used.

labels: a CSV file whose first column (or idColumn) names the image. Without rules every column of 1, 0, -1 (uncertain) and blank is
a finding, as in CheXpert. A rule makes a finding from a number: "cardiothoracic_ratio > 0.5", or with a name of its own
"Cardiomegaly = cardiothoracic_ratio > 0.5". A blank cell stays blank.

patientPattern: a regular expression whose first group finds the patient in the file name, for example "^(patient\\d+)"; core.split
keeps a patient's images together. Without it every image is a patient of its own.

Paths are relative to the graph file; "$RADIOGRAPH_DATA/..." is below the data folder. Errors list every file that is missing, cannot be
read or does not fit.`;

const params = z.strictObject({
  folder: z.string().min(1).default('images').describe('folder of PNG or JPEG files'),
  ...annotationParams,
  patientPattern: z
    .string()
    .refine(isPattern, 'expected a regular expression with one group')
    .default('')
    .describe('regular expression; its first group is the patient'),
  size: z.int().min(16).max(2048).default(320).describe('side of the square frame in pixels'),
  limit: z.int().min(0).default(0).describe('keep only the first so many files; 0 = all'),
});
type Params = z.infer<typeof params>;

export const imageFolder = defineNode({
  type: 'core.image-folder',
  version: 1,
  title: 'Image folder',
  manual,
  inputs: {},
  outputs: {
    images: port('images', 'the radiographs, in order of their file names'),
    labels: port('labels', 'image-level findings; no classes if there is no CSV file'),
    masks: port('masks', 'expert masks in original pixels; no classes if there is no mask folder'),
  },
  params,
  sources: ({ folder, masks, labels }) => [folder, masks, labels].filter((path) => path !== ''),
  run: async (_, options, context) => {
    const images = await loadImages(options, context);
    return {
      images,
      labels: await loadLabels(options, images, context),
      masks: await loadMasks(options, images, context),
    };
  },
});

async function loadImages(options: Params, context: NodeContext): Promise<Images> {
  const folder = context.resolvePath(options.folder);
  const names = await listImages(folder, options);
  const items = names.map((name) => {
    const path = join(folder, name);
    const patientId = patientOf(name, options.patientPattern);
    return { id: idOf(name), patientId, path, read: () => readGreyImage(path) };
  });
  const bitDepth = await commonBitDepth(items.map(({ path }) => path));
  const onImage = (done: number) => context.progress({ done, total: items.length, unit: 'image' });
  return packImages(items, { size: options.size, bitDepth, onImage });
}

/** 16 if every file has 16 bits. A file that cannot be read says so when it is decoded. */
async function commonBitDepth(paths: readonly string[]): Promise<8 | 16> {
  for (const path of paths) if ((await readBitDepth(path)) === 8) return 8;
  return 16;
}

async function listImages(folder: string, { limit }: Params): Promise<string[]> {
  const entries = await listFolder(folder, 'a folder of PNG or JPEG images');
  const names = entries
    .filter((entry) => entry.isFile() && imagePattern.test(entry.name))
    .map(({ name }) => name);
  if (names.length === 0)
    throw dataError(folder, `expected PNG or JPEG files, got ${entries.length} other entries`);
  const ids = names.map(idOf);
  const twice = names.filter((_, i) => ids.indexOf(ids[i]!) !== i);
  if (twice.length > 0)
    throw new RadiographError(
      'data',
      twice.map((name) => ({
        path: join(folder, name),
        message: `expected one file per id, got a second ${idOf(name)}`,
      })),
    );
  return limit === 0 ? names : names.slice(0, limit);
}

const idOf = (name: string): string => name.replace(imagePattern, '');

function patientOf(name: string, pattern: string): string {
  if (pattern === '') return idOf(name);
  const patient = new RegExp(pattern).exec(name)?.[1];
  if (patient !== undefined) return patient;
  throw dataError(name, `expected a file name that matches patientPattern ${pattern}`);
}

function isPattern(text: string): boolean {
  if (text === '') return true;
  try {
    // With an empty alternative every pattern matches; the result then has one entry per group.
    return (new RegExp(`${text}|`).exec('')?.length ?? 0) === 2;
  } catch {
    return false;
  }
}

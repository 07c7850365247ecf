import {
  imagePattern,
  loadParams,
  type PackedImages,
  packImages,
  readBitDepth,
  readOrientation,
} from '@radiograph/formats';
import { dataError, defineNode, type NodeContext, port } from '@radiograph/graph';
import { z } from 'zod';
import { groupByColumn } from './group-patients.ts';
import { type ListedImage, listImages } from './list-images.ts';
import {
  annotationParams,
  labelsManual,
  type OpenAnnotations,
  openAnnotations,
} from './load-annotations.ts';

const manual = `Loads radiographs, and their masks and labels where there are any, from plain folders and a CSV file.

folder: PNG or JPEG files, by extension, or by content where the name has another or none; links are followed. The name without extension is the
image's id. What is left out (files of the system such as ._a.png, hidden ones, other formats, sub-folders) is counted by reason in the log.
Pixels are the numbers of the file: color becomes 0.299 R + 0.587 G + 0.114 B (Pillow's "L"); color profiles, alpha and EXIF orientation change
nothing. 16 bit is kept if every file has it.
Images are letterboxed into a square frame: the longer side becomes \`size\` pixels, bilinear, the rest is black (as CheXseg does).
The transform back to the original pixels is kept with each image.

masks: a folder with one sub-folder per class, and in it one PNG (or JPEG) per image under one of the image's names and in its own size. What is
foreground is found from the values of all masks of a class, and the log says it: of 0 and one other value (1, 255, 65535, a palette's
index, a color) the other one; of smooth edges what is above half of white. A mask that does not fit the others, or of several values,
is an error with its values; maskForeground says which values are foreground then. Alpha is composed on black. A mask whose EXIF
orientation is not its image's is refused. Masks stay in original pixels; they are brought to a frame where they are used. An image
without a mask is an error, unless missingMasks says that it has an empty one, was not annotated, or is left out.

${labelsManual}

patientPattern: a regular expression whose first group finds the patient in the file name, for example "^(patient\\d+)"; core.split
keeps a patient's images together. Without it the label table's column patient, patient_id, subject, PatientID (or patientColumn) groups
images; without that, too, every image is a patient of its own.

decoding fast and onDamage skip are for large and imperfect folders: leftOut then lists the files that could not be read.

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
  ...loadParams,
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
    leftOut: port('table', 'files that could not be read, and why; empty unless onDamage is skip'),
  },
  params,
  sources: ({ folder, masks, labels }) => [folder, masks, labels].filter((path) => path !== ''),
  run: async (_, options, context) => {
    const files = await listFiles(options, context);
    const orientationOf = createOrientations(files);
    const annotations = await openAnnotations(options, { files, orientationOf }, context);
    const patients = namePatients(files, { options, annotations, log: context.notice });
    const kept = files.flatMap((file, i) =>
      annotations.keep[i] ? [{ ...file, patientId: patients[i]! }] : [],
    );
    const { images, leftOut } = await loadImages(kept, options, context);
    return {
      images,
      leftOut,
      labels: annotations.labelsOf(images),
      masks: await annotations.masksOf(images),
    };
  },
});

async function listFiles({ folder, limit }: Params, context: NodeContext): Promise<ListedImage[]> {
  const files = await listImages({
    folder: context.resolvePath(folder),
    what: 'PNG or JPEG',
    kinds: ['png', 'jpeg'],
    pattern: imagePattern,
    deep: false,
    log: context.notice,
  });
  return limit === 0 ? files : files.slice(0, limit);
}

/** Reads the orientation of each file once. */
function createOrientations(files: readonly ListedImage[]): (file: number) => Promise<number> {
  const known = new Map<number, Promise<number>>();
  return (file) => {
    const orientation = known.get(file) ?? readOrientation(files[file]!.path);
    known.set(file, orientation);
    return orientation;
  };
}

type Naming = {
  readonly options: Params;
  readonly annotations: Pick<OpenAnnotations, 'patients'>;
  readonly log: (message: string) => void;
};

/** The patient of each file: by the pattern, else by the table's column, else every image is a patient of its own. */
function namePatients(
  files: readonly ListedImage[],
  { options: { patientPattern }, annotations: { patients }, log }: Naming,
): string[] {
  if (patientPattern !== '') {
    if (patients !== undefined)
      log(`column ${patients.column} is not used: patientPattern finds the patients`);
    return files.map(({ name }) => findPatient(name, patientPattern));
  }
  return groupByColumn(
    files.map(({ id }) => id),
    patients,
    log,
  );
}

function findPatient(name: string, pattern: string): string {
  const patient = new RegExp(pattern).exec(name)?.[1];
  if (patient !== undefined) return patient;
  throw dataError(name, `expected a file name that matches patientPattern ${pattern}`);
}

type PatientFile = ListedImage & { readonly patientId: string };

async function loadImages(
  files: readonly PatientFile[],
  { size, decoding, onDamage }: Params,
  context: NodeContext,
): Promise<PackedImages> {
  const items = files.map(({ id, patientId, path }) => ({ id, patientId, path }));
  const bitDepth = await commonBitDepth(items.map(({ path }) => path));
  return packImages(items, { size, bitDepth, decoding, onDamage }, context);
}

/** 16 if every file has 16 bits. A file that cannot be read says so when it is decoded. */
async function commonBitDepth(paths: readonly string[]): Promise<8 | 16> {
  for (const path of paths) if ((await readBitDepth(path)) === 8) return 8;
  return 16;
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

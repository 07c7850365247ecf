import {
  type DicomHeader,
  packImages,
  readDataFile,
  readDicom,
  readDicomHeader,
  throwProblems,
  windowChoices,
} from '@radiograph/formats';
import {
  defineNode,
  type NodeContext,
  type Problem,
  port,
  RadiographError,
} from '@radiograph/graph';
import type { Images } from '@radiograph/kinds';
import { z } from 'zod';
import { groupByColumn } from './group-patients.ts';
import { type ListedImage, listImages } from './list-images.ts';
import {
  annotationParams,
  labelsManual,
  type OpenAnnotations,
  openAnnotations,
} from './load-annotations.ts';

const manual = `Loads radiographs from DICOM files (CR, DX), and their masks and labels where there are any.

folder: files .dcm or .dicom, and others if they begin as DICOM files do (.IMA, .dic, no extension, no preamble), in sub-folders too; links are
followed. What is left out is counted by reason in the log. The id of an image is its path without extension, slashes as underscores.
Grey single-frame images of 8 to 16 bits in every common coding: uncompressed (either byte order, deflated too), run-length encoded, JPEG (baseline,
extended, lossless), JPEG-LS, JPEG 2000 and HTJ2K. Other transfer syntaxes, color and several frames are refused by name, and so is an attribute that the
pixels depend on and that cannot be read ("NaN", "40,9").

window: "file" applies the file's first VOI lookup table, else its first window (linear, exact or sigmoid), after the modality's lookup table or rescale slope
and intercept; without either, or with "range", the range of the stored bits becomes black to white; "extent" stretches each image from its darkest to its
brightest pixel, where pixel padding does not count and becomes black. MONOCHROME1 is turned around, so that dense is bright as in PNG and JPEG sets;
where Presentation LUT Shape contradicts it, the shape decides.

patient "attribute" takes Patient ID (0010,0020), so that core.split keeps a patient's images together; a file without one is a patient of its
own. "file" takes the image's id. Where no file names a patient, a column of the label table that looks like one does. Patient IDs go into the store: de-identify first.

Images are letterboxed into a square frame of \`size\` pixels, bilinear; 16 bits are kept if every file has more than 8. masks and labels are as for
core.image-folder: a folder of PNG masks per class under the images' names, and a CSV file. masks may also be the CSV of SIIM-ACR (ImageId,
EncodedPixels): its run lengths are one class, Pneumothorax unless maskClasses names another; "-1" is an empty mask, and what an image
without a row is, missingMasks says.

${labelsManual}`;

const params = z.strictObject({
  folder: z.string().min(1).default('dicom').describe('folder of DICOM files'),
  window: z.enum(windowChoices).default('file').describe('how values become brightness'),
  patient: z.enum(['attribute', 'file']).default('attribute').describe('what names the patient'),
  ...annotationParams,
  size: z.int().min(16).max(2048).default(320).describe('side of the square frame in pixels'),
  limit: z.int().min(0).default(0).describe('keep only the first so many files; 0 = all'),
});
type Params = z.infer<typeof params>;

export const dicomFolder = defineNode({
  type: 'core.dicom-folder',
  version: 1,
  title: 'DICOM folder',
  manual,
  inputs: {},
  outputs: {
    images: port('images', 'the radiographs, in order of their paths'),
    labels: port('labels', 'image-level findings; no classes if there is no CSV file'),
    masks: port('masks', 'expert masks in original pixels; no classes if there is no mask folder'),
  },
  params,
  sources: ({ folder, masks, labels }) => [folder, masks, labels].filter((path) => path !== ''),
  run: async (_, options, context) => {
    const files = await readHeaders(options, context);
    const orientationOf = () => Promise.resolve(1); // DICOM pixels are stored upright
    const annotations = await openAnnotations(options, { files, orientationOf }, context);
    const patients = namePatients(files, { options, annotations, log: context.notice });
    const kept = files.flatMap((file, i) =>
      annotations.keep[i] ? [{ ...file, patientId: patients[i]! }] : [],
    );
    const images = await loadImages(kept, options, context);
    return {
      images,
      labels: annotations.labelsOf(images),
      masks: await annotations.masksOf(images),
    };
  },
});

type DicomImage = ListedImage & { readonly header: DicomHeader };

/** The headers of the files, sorted by path. @throws a data error naming every file that is no radiograph. */
async function readHeaders(
  { folder, limit }: Params,
  { resolvePath, notice }: NodeContext,
): Promise<DicomImage[]> {
  const listed = await listImages({
    folder: resolvePath(folder),
    what: 'DICOM',
    kinds: ['dicom'],
    pattern: /\.(dcm|dicom)$/i,
    deep: true,
    log: notice,
  });
  const problems: Problem[] = [];
  const files: DicomImage[] = [];
  for (const file of limit === 0 ? listed : listed.slice(0, limit)) {
    try {
      const bytes = await readDataFile(file.path, 'a DICOM file');
      files.push({ ...file, header: readDicomHeader(bytes, file.path) });
    } catch (error) {
      if (!(error instanceof RadiographError)) throw error;
      problems.push(...error.problems);
    }
  }
  throwProblems(problems);
  return files;
}

type Naming = {
  readonly options: Params;
  readonly annotations: Pick<OpenAnnotations, 'patients'>;
  readonly log: (message: string) => void;
};

/** The patient of each file: Patient ID, else the label table's column, else the file's id. */
function namePatients(
  files: readonly DicomImage[],
  { options, annotations: { patients }, log }: Naming,
): string[] {
  const named = files.map(({ header }) =>
    options.patient === 'attribute' ? header.patientId : '',
  );
  const own = files.map(({ id }, i) => named[i] || id);
  if (named.every((id) => id === '')) return groupByColumn(own, patients, log);
  if (patients !== undefined)
    log(`column ${patients.column} is not used: Patient ID (0010,0020) names the patients`);
  return own;
}

type PatientFile = DicomImage & { readonly patientId: string };

async function loadImages(
  files: readonly PatientFile[],
  { size, window }: Params,
  context: NodeContext,
): Promise<Images> {
  const bitDepth = files.every(({ header }) => header.bitDepth === 16) ? 16 : 8;
  const items = files.map(({ id, patientId, path }) => ({
    id,
    patientId,
    path,
    read: async () => readDicom(await readDataFile(path, 'a DICOM file'), path, window),
  }));
  return (await packImages(items, { size, bitDepth }, context)).images;
}

import { open, readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import {
  type DicomHeader,
  packImages,
  readDicom,
  readDicomHeader,
  windowChoices,
} from '@radiograph/formats';
import {
  dataError,
  defineNode,
  type NodeContext,
  type Problem,
  port,
  RadiographError,
} from '@radiograph/graph';
import type { Images } from '@radiograph/kinds';
import { z } from 'zod';
import { annotationParams, loadLabels, loadMasks } from './load-annotations.ts';

const manual = `Loads radiographs from DICOM files (CR, DX), and their masks and labels where there are any.

folder: files .dcm or .dicom, or without extension if they begin as DICOM files do, in sub-folders too. The id of an image is its path without extension,
slashes as underscores. Grey single-frame images of 8 to 16 bits; uncompressed (either byte order, deflated too), run-length encoded, JPEG baseline
and JPEG 2000. Other transfer syntaxes, color and several frames are refused by name.

window: "file" applies the file's first window (linear, exact or sigmoid) after rescale slope and intercept; without a window, or with "range", the
range of the stored bits becomes black to white; "extent" stretches each image from its darkest to its brightest pixel. MONOCHROME1 is
turned around, so that dense is bright as in PNG and JPEG sets.

patient "attribute" takes Patient ID (0010,0020), so that core.split keeps a patient's images together; a file without one is a patient of its
own. "file" takes the image's id. Patient IDs go into the store: de-identify first.

Images are letterboxed into a square frame of \`size\` pixels, bilinear; 16 bits are kept if every file stores more than 8. masks and labels are as for
core.image-folder: a folder of PNG masks per class under the images' ids, and a CSV file. masks may also be the CSV of SIIM-ACR (ImageId, EncodedPixels):
its run lengths are one class, Pneumothorax unless maskClasses names another; an image without a row was not annotated.`;

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
    const images = await loadImages(options, context);
    return {
      images,
      labels: await loadLabels(options, images, context),
      masks: await loadMasks(options, images, context),
    };
  },
});

type Found = { readonly name: string; readonly header: DicomHeader };

async function loadImages(options: Params, context: NodeContext): Promise<Images> {
  const folder = context.resolvePath(options.folder);
  const files = await readHeaders(folder, options);
  const bitDepth = files.every(({ header }) => header.bitsStored > 8) ? 16 : 8;
  const items = files.map(({ name, header }) => {
    const path = join(folder, name);
    const id = idOf(name);
    const patientId =
      options.patient === 'attribute' && header.patientId !== '' ? header.patientId : id;
    return {
      id,
      patientId,
      path,
      read: async () => readDicom(await readFile(path), path, options.window),
    };
  });
  const onImage = (done: number) => context.progress({ done, total: items.length, unit: 'image' });
  return packImages(items, { size: options.size, bitDepth, onImage });
}

/** The headers of the files, sorted by path. @throws a data error naming every file that is no radiograph. */
async function readHeaders(folder: string, { limit }: Params): Promise<Found[]> {
  const names = await listDicomFiles(folder);
  const problems: Problem[] = [];
  const files: Found[] = [];
  for (const name of limit === 0 ? names : names.slice(0, limit)) {
    const path = join(folder, name);
    try {
      files.push({ name, header: readDicomHeader(await readFile(path), path) });
    } catch (error) {
      if (!(error instanceof RadiographError)) throw error;
      problems.push(...error.problems);
    }
  }
  const ids = files.map(({ name }) => idOf(name));
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  problems.push(
    ...twice.map((id) => ({
      path: folder,
      message: `expected one file per id, got a second ${id}`,
    })),
  );
  if (problems.length > 0) throw new RadiographError('data', problems);
  return files;
}

const idOf = (name: string): string => name.replace(/\.(dcm|dicom)$/i, '').replaceAll('/', '_');

async function listDicomFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(
    (cause: unknown) => {
      throw dataError(folder, 'expected a folder of DICOM files, got nothing that can be listed', {
        cause,
      });
    },
  );
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name !== 'DICOMDIR')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const found: string[] = [];
  for (const path of paths) if (await isDicom(path)) found.push(path);
  if (found.length === 0)
    throw dataError(folder, `expected DICOM files, got ${entries.length} other entries`);
  return found.map((path) => path.slice(folder.length + 1).replaceAll(sep, '/'));
}

/** By extension; a file without one by the letters DICM after the preamble. */
async function isDicom(path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf(sep) + 1);
  if (/\.(dcm|dicom)$/i.test(name)) return true;
  if (/\.[a-z]\w*$/i.test(name)) return false;
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 128);
    return buffer.toString('latin1') === 'DICM';
  } finally {
    await file.close();
  }
}

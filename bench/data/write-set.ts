/**
 * A data set of CheXpert's and CheXlocalize's real counts without real patients: some phantoms, each shown in many images by another
 * window, gamma and noise, as JPEG at CheXpert-v1.0-small's size and quality.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Size } from '@radiograph/kinds';
import { createRandom } from '@radiograph/statistics';
import sharp from 'sharp';
import { writeLabels } from '../../packages/nodes-chexseg/src/phantom/image-labels.ts';
import {
  type CsvImage,
  printChexpertCsv,
} from '../../packages/nodes-chexseg/src/phantom/print-csv.ts';
import { type LocalizedImage, printLocalization } from './localize.ts';
import { drawPhantoms, type Phantom } from './phantoms.ts';
import { type PlannedImage, planImages } from './plan-images.ts';
import { createNoise, cutWindow, drawVariant, expose, smallSize, type Variant } from './variant.ts';

export type WriteSetOptions = {
  readonly folder: string;
  /** Images of each set; CheXpert has 223,414, CheXlocalize 234 and 668. */
  readonly train: number;
  readonly val: number;
  readonly test: number;
  /** Different chests to draw; a second each. */
  readonly phantoms: number;
  readonly seed: number;
  /** Size of the radiographs that CheXlocalize's masks are drawn on, height and width. */
  readonly original: Size;
  /** Whether the image files are small copies or the originals. */
  readonly files: 'small' | 'original';
  readonly onProgress: (what: string, done: number, total: number) => void;
};

const quality = 90;
const atOnce = 8; // libvips encodes each on a thread of its own

/**
 * Writes `CheXpert-v1.0-small/train` with train.csv, `CheXpert/{val,test}` with val_labels.csv and test_labels.csv, and
 * `CheXlocalize` with polygons, run lengths, two readers and salient points: what examples/chexseg expect of a data folder.
 */
export async function writeSet(options: WriteSetOptions): Promise<void> {
  const { folder, seed, onProgress } = options;
  const phantoms = await drawPhantoms(options.phantoms, {
    seed,
    onDrawn: (done) => onProgress('phantoms', done, options.phantoms),
  });
  const noise = createNoise(seed);
  const sets = [
    { name: 'train', root: 'CheXpert-v1.0-small', csv: 'train.csv', count: options.train },
    { name: 'val', root: 'CheXpert', csv: 'val_labels.csv', count: options.val },
    { name: 'test', root: 'CheXpert', csv: 'test_labels.csv', count: options.test },
  ] as const;
  let firstPatient = 1;
  for (const { name, root, csv, count } of sets) {
    if (count === 0) continue;
    const planned = planImages(count, { seed, firstPatient });
    firstPatient += planned.length; // more than there are patients: no number is used twice
    const place = { folder, root, set: name };
    await writeImages(planned, { ...options, phantoms, noise, place });
    const rows = planned.map((image) =>
      describe(image, { phantoms, seed, path: `${root}/${name}` }),
    );
    await writeFile(join(folder, root, csv), printChexpertCsv(rows, name !== 'test'));
    if (name !== 'train') await writeLocalization(planned, name, { ...options, drawn: phantoms });
  }
}

type Place = { readonly folder: string; readonly root: string; readonly set: string };
type ImageTask = Omit<WriteSetOptions, 'phantoms'> & {
  readonly phantoms: readonly Phantom[];
  readonly noise: Int8Array;
  readonly place: Place;
};

async function writeImages(planned: readonly PlannedImage[], task: ImageTask): Promise<void> {
  const { folder, root, set } = task.place;
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < planned.length) {
      const image = planned[next++]!;
      const path = join(folder, root, set, image.file);
      await mkdir(dirname(path), { recursive: true });
      await writeImage(path, drawVariant(image, task.phantoms, task.seed), task);
      task.onProgress(`${set} images`, ++done, planned.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function writeImage(
  path: string,
  variant: Variant,
  { phantoms, noise, files, original }: ImageTask,
): Promise<void> {
  const phantom = phantoms[variant.phantom]!;
  const small = cutWindow(phantom.pixels, phantom.width, variant);
  const pixels = files === 'small' ? small : await enlarge(small, original);
  expose(pixels, variant, noise);
  const [height, width] = files === 'small' ? smallSize : original;
  await sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w') // one component, as CheXpert's files have
    .jpeg({ quality })
    .toFile(path);
}

async function enlarge(pixels: Uint8Array, [height, width]: Size): Promise<Uint8Array> {
  const raw = { height: smallSize[0], width: smallSize[1], channels: 1 } as const;
  const data = await sharp(pixels, { raw })
    .resize({ width, height, kernel: 'cubic', fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  return new Uint8Array(data);
}

type Described = {
  readonly phantoms: readonly Phantom[];
  readonly seed: number;
  readonly path: string;
};

function describe(image: PlannedImage, { phantoms, seed, path }: Described): CsvImage {
  const { file, view, study } = image;
  const { present } = phantoms[drawVariant(image, phantoms, seed).phantom]!;
  const patient = file.split('/')[0]!;
  const labels = writeLabels(present, createRandom(seed, 'labels', patient, study));
  return { path: `${path}/${file}`, view, labels };
}

type LocalizeTask = Omit<WriteSetOptions, 'phantoms'> & { readonly drawn: readonly Phantom[] };

async function writeLocalization(
  planned: readonly PlannedImage[],
  set: 'val' | 'test',
  { folder, seed, original, onProgress, drawn }: LocalizeTask,
): Promise<void> {
  const images = planned.map((image): LocalizedImage => {
    const variant = drawVariant(image, drawn, seed);
    const id = image.file.replace('.jpg', '').replaceAll('/', '_');
    return { id, variant, phantom: drawn[variant.phantom]! };
  });
  const onImage = (done: number) => onProgress(`${set} masks`, done, images.length);
  await mkdir(join(folder, 'CheXlocalize'), { recursive: true });
  const texts = await printLocalization(images, { original, onImage });
  for (const [name, text] of Object.entries(texts))
    await writeFile(join(folder, 'CheXlocalize', `${name}_${set}.json`), text);
}

/** A CSV file of CheXpert -> the images that are wanted, and where their files lie. Opens no image. */
import { join } from 'node:path';
import { readDataFile, throwProblems } from '@radiograph/formats';
import { dataError } from '@radiograph/graph';
import { createRandom } from '@radiograph/statistics';
import { type ChexpertCsv, type ChexpertRow, readChexpertCsv, type View } from './chexpert-csv.ts';
import { findImageFile, imageIdOf, listStudy, openImageFiles, studyIdOf } from './image-files.ts';

/** Which images of a CSV file are wanted. */
export type ImageChoice = {
  readonly folder: string;
  readonly csv: string;
  readonly views: View | 'all';
  readonly projection: 'any' | 'AP' | 'PA';
  readonly studies: 'every-view' | 'first-view';
  readonly limit: number;
  readonly sampleSeed: number;
};

/** A row of an image. */
export type ImageRow = ChexpertRow & { readonly id: string };
/** With the place of its file below the data set's folder. */
export type PlacedImage = ImageRow & { readonly path: string };

/** What a CSV file gives. */
export type ChosenImages = {
  readonly csv: ChexpertCsv;
  readonly images: readonly PlacedImage[];
  /** How many images the file has. */
  readonly listed: number;
};

/** Reads the CSV file and chooses. @throws a data error by line and column, and for a choice of nothing. */
export async function chooseImages(
  choice: ImageChoice,
  resolvePath: (path: string) => string,
): Promise<ChosenImages> {
  const path = resolvePath(`${choice.folder}/${choice.csv}`);
  const csv = readChexpertCsv(await readDataFile(path, 'a CSV file of CheXpert'), path);
  const folder = resolvePath(choice.folder);
  const locate = await openImageFiles(folder);
  const rows = await listImages(csv.rows, { folder, locate });
  const images = chooseRows(rows, choice, path).map((row) => ({
    ...row,
    path: findImageFile(folder, locate(row.set, row.file)),
  }));
  return { csv, images, listed: rows.length };
}

type Disk = {
  readonly folder: string;
  readonly locate: Awaited<ReturnType<typeof openImageFiles>>;
};

/** A row of a study becomes one row for each of the images in its folder. */
async function listImages(
  rows: readonly ChexpertRow[],
  { folder, locate }: Disk,
): Promise<ImageRow[]> {
  const images: ImageRow[] = [];
  for (const row of rows) {
    if (/\.\w+$/.test(row.file)) images.push({ ...row, id: imageIdOf(row.file) });
    else
      for (const name of await listStudy(join(folder, locate(row.set, row.file)))) {
        const file = `${row.file}/${name}`;
        images.push({ ...row, file, view: row.view ?? viewOf(name), id: imageIdOf(file) });
      }
  }
  return images;
}

function viewOf(name: string): View | undefined {
  if (/lateral/i.test(name)) return 'lateral';
  return /frontal/i.test(name) ? 'frontal' : undefined;
}

function chooseRows(
  images: readonly ImageRow[],
  { views, projection, studies, limit, sampleSeed }: ImageChoice,
  path: string,
): readonly ImageRow[] {
  throwProblems(
    images
      .filter((image) => views !== 'all' && image.view === undefined)
      .map(({ line, file }) => ({
        path: `${path} line ${line}`,
        message: `expected Frontal or Lateral in a column Frontal/Lateral or in the file name, got ${file}: set views to all to take it`,
      })),
  );
  const seen = new Set<string>();
  const isFirst = ({ file }: ImageRow) => {
    const study = studyIdOf(file);
    return !seen.has(study) && seen.add(study) !== undefined;
  };
  const kept = images.filter(
    (image) =>
      (views === 'all' || image.view === views) &&
      (projection === 'any' || image.projection === projection) &&
      (studies === 'every-view' || isFirst(image)),
  );
  if (kept.length === 0)
    throw dataError(
      path,
      `expected images with views ${views} and projection ${projection}, got none of ${images.length}`,
    );
  return assertUnique(takeSome(kept, limit, sampleSeed), path);
}

function takeSome(
  images: readonly ImageRow[],
  limit: number,
  sampleSeed: number,
): readonly ImageRow[] {
  if (limit === 0 || limit >= images.length) return images;
  if (sampleSeed === 0) return images.slice(0, limit);
  const drawn = createRandom(sampleSeed, 'chexpert').shuffle(images.map((_, i) => i));
  return drawn
    .slice(0, limit)
    .sort((a, b) => a - b)
    .map((i) => images[i]!);
}

function assertUnique(images: readonly ImageRow[], path: string): readonly ImageRow[] {
  const lines = new Map<string, number>();
  throwProblems(
    images.flatMap(({ id, line }) => {
      const first = lines.get(id);
      lines.set(id, first ?? line);
      return first === undefined
        ? []
        : [
            {
              path: `${path} line ${line}`,
              message: `expected each image once, got ${id} of line ${first} again`,
            },
          ];
    }),
  );
  return images;
}

/** Where CheXpert's image files lie, and what their names say. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cutExtension, idOfFile, imagePattern, walkFolder } from '@radiograph/formats';
import { dataError } from '@radiograph/graph';

/** `patient64541/study1/view1_frontal.jpg` -> `patient64541_study1_view1_frontal`, the id of CheXlocalize's files. */
export function imageIdOf(file: string): string {
  return idOfFile(file);
}

/** The file below the folder, or the one that has its name and another extension: PNG copies, `.JPG` for `.jpg`. As asked if there is none. */
export function findImageFile(folder: string, path: string): string {
  const isThere = (name: string) => existsSync(join(folder, name));
  if (isThere(path)) return path;
  const stem = cutExtension(path);
  const ends = ['.jpg', '.png', '.jpeg'].flatMap((end) => [end, end.toUpperCase()]);
  return ends.map((end) => `${stem}${end}`).find(isThere) ?? path;
}

/** `patient64541/study1/view1_frontal.jpg` -> `patient64541_study1`. */
export function studyIdOf(file: string): string {
  return imageIdOf(file).replace(/_[^_]*view\d.*$/, '');
}

// CheXpert says valid, CheXlocalize val.
const setNames: Readonly<Record<string, readonly string[]>> = {
  valid: ['valid', 'val'],
  val: ['val', 'valid'],
};

/**
 * Finds the files of a set below the data set's folder: in `set`, under its other name, in the batches of the full release
 * (`CheXpert-v1.0 batch 2 (train 1)`), or directly in the folder.
 *
 * @throws a data error naming the folder if it is not there. The result gives the first place below the folder that has the file, else the usual one.
 */
export async function openImageFiles(
  folder: string,
): Promise<(set: string, file: string) => string> {
  const content = await walkFolder(folder, { expected: 'the folder of CheXpert', deep: false });
  const folders = content.folders.map(({ name }) => name);
  const known = new Map<string, readonly string[]>();
  const placesOf = (set: string): readonly string[] => {
    const names = setNames[set] ?? [set];
    const batches = folders.filter((name) => set !== '' && name.includes(`(${set}`)).sort();
    const here = [...names.filter((name) => folders.includes(name)), ...batches, '.'];
    return here.length > 1 ? here.slice(0, -1) : here;
  };
  return (set, file) => {
    const places = known.get(set) ?? placesOf(set);
    known.set(set, places);
    const found =
      places.length === 1 ? places[0] : places.find((p) => existsSync(join(folder, p, file)));
    return join(found ?? set, file);
  };
}

/** The image files of a study's folder, in the order of their names. */
export async function listStudy(folder: string): Promise<string[]> {
  const { files } = await walkFolder(folder, { expected: 'the folder of a study', deep: false });
  return files.map(({ name }) => name).filter((name) => imagePattern.test(name));
}

/** Every image of a set as `patient/study/view.jpg`, sorted. @throws a data error if the set has no folder. */
export async function listSetImages(folder: string, set: string): Promise<string[]> {
  const names = setNames[set] ?? [set];
  const name = names.find((candidate) => existsSync(join(folder, candidate)));
  if (name === undefined)
    throw dataError(join(folder, set), 'expected the folder of the set, got nothing');
  const expected = 'the folder of the set';
  const { files } = await walkFolder(join(folder, name), { expected, deep: true });
  return files.map((file) => file.name).filter((file) => imagePattern.test(file));
}

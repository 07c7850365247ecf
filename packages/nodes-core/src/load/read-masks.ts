/** A folder of mask folders -> masks: one sub-folder per class, one PNG per image under one of the image's names. */
import {
  agreeOnForeground,
  describeJoin,
  describeLeftOut,
  describeLevels,
  type ForegroundRule,
  findDoubles,
  imagePattern,
  joinNames,
  type MaskForm,
  type ReadForm,
  readMask,
  takeForeground,
  throwProblems,
  walkFolder,
} from '@radiograph/formats';
import { dataError, type Problem, RadiographError } from '@radiograph/graph';
import {
  emptyRle,
  encodeRle,
  type Images,
  identityFrame,
  type Masks,
  rleArea,
  type Size,
} from '@radiograph/kinds';
import type { NamedImage } from './list-images.ts';

/** What masks are to be found, and for which images. */
export type MaskJoinTask = {
  /** The folder of the class folders, or the CSV. */
  readonly path: string;
  /** Classes to read; empty = every sub-folder. */
  readonly classes: readonly string[];
  readonly missing: 'refuse' | 'empty' | 'not-annotated' | 'leave-out';
  readonly files: readonly NamedImage[];
  /** Which levels are foreground; undefined = found from the values of each class. */
  readonly foreground: ForegroundRule | undefined;
  /** EXIF orientation of an image file, by its place in `files`: its masks must have the same. */
  readonly orientationOf: (file: number) => Promise<number>;
  readonly log: (message: string) => void;
};

/** The masks of a class: their files by the place of the image. */
export type MaskClass = { readonly name: string; readonly pathOf: ReadonlyMap<number, string> };

/** The images whose masks are read, and their places in the task's list of files. */
export type MaskRead = {
  readonly images: Pick<Images, 'ids' | 'originalSizes'>;
  readonly kept: readonly number[];
  readonly onImage: () => void;
};

/**
 * Joins the mask files of every class to the images by name.
 *
 * @throws a data error for classes without folder, for two files of one image, where no file fits an image, and for images without a
 * mask unless they may lack one.
 */
export async function joinMasks(task: MaskJoinTask): Promise<MaskClass[]> {
  const problems: Problem[] = [];
  const classes: MaskClass[] = [];
  for (const { name, path } of await listClasses(task))
    classes.push({ name, pathOf: await joinClass(task, { name, path }, problems) });
  throwProblems(problems);
  return classes;
}

type ClassFolder = { readonly name: string; readonly path: string };

async function listClasses({ path, classes, log }: MaskJoinTask): Promise<readonly ClassFolder[]> {
  const expected = 'a folder with one sub-folder of masks per class';
  const { folders, files, leftOut } = await walkFolder(path, { expected, deep: false });
  const said = describeLeftOut(leftOut);
  if (said !== undefined) log(`${path}: ${said}`);
  if (folders.length === 0)
    throw dataError(path, `expected one sub-folder per class, got none and ${files.length} files`);
  const missing = classes.filter((name) => !folders.some((folder) => folder.name === name));
  throwProblems(
    missing.map((name) => ({
      path: `${path}/${name}`,
      message: `expected a folder of masks, got none (there are ${folders.map((folder) => folder.name).join(', ')})`,
    })),
  );
  if (classes.length === 0) return folders;
  return classes.map((name) => folders.find((folder) => folder.name === name)!);
}

async function joinClass(
  task: MaskJoinTask,
  { name, path }: ClassFolder,
  problems: Problem[],
): Promise<Map<number, string>> {
  const content = await walkFolder(path, { expected: 'a folder of masks', deep: false });
  const files = content.files.filter((file) => imagePattern.test(file.name));
  const ids = task.files.map(({ id }) => id);
  const keys = files.map((file) => file.name);
  const join = joinNames(
    task.files.map(({ names }) => names),
    keys,
  );
  const sides = { path, what: `mask of ${name}`, ids, keys };
  for (const note of describeJoin(join, sides)) task.log(note);
  const said = describeLeftOut(content.leftOut);
  if (said !== undefined) task.log(`${path}: ${said}`);
  problems.push(...findDoubles(join, sides));
  if (task.missing === 'refuse')
    for (const i of join.leftImages)
      problems.push(missingMaskProblem(`${path}/${ids[i]}.png`, ids[i]!, 'mask'));
  return new Map([...join.imageOf].flatMap((i, k) => (i < 0 ? [] : [[i, files[k]!.path]])));
}

/** An image that has no mask although it must. */
export function missingMaskProblem(path: string, id: string, what: 'mask' | 'row'): Problem {
  return {
    path,
    message: `expected a ${what} for image ${id}, got none (missingMasks says what else to do)`,
  };
}

/**
 * Reads the masks of these images at their original size. What is foreground is found from all masks of a class, and the log says it.
 *
 * @throws a data error with every mask of another size, another orientation or other values than the rest, and every class without a
 * single foreground pixel.
 */
export async function readMasks(
  task: MaskJoinTask,
  classes: readonly MaskClass[],
  read: MaskRead,
): Promise<Masks> {
  const problems: Problem[] = [];
  const { ids, originalSizes: sizes } = read.images;
  const counts: (string | null)[][] = ids.map(() => []);
  for (const maskClass of classes) {
    const column = await readClass(task, { maskClass, read }, problems);
    for (const [i, rle] of column.entries()) counts[i]!.push(rle);
  }
  throwProblems(problems);
  const names = classes.map(({ name }) => name);
  const frames = ids.map(() => identityFrame);
  return { ids, classes: names, source: 'expert', sizes, frames, counts };
}

type ClassRead = { readonly maskClass: MaskClass; readonly read: MaskRead };

async function readClass(
  task: MaskJoinTask,
  { maskClass: { name, pathOf }, read: { images, kept, onImage } }: ClassRead,
  problems: Problem[],
): Promise<(string | null)[]> {
  const forms: ReadForm[] = [];
  const found: Problem[] = [];
  const column: (string | null)[] = [];
  for (const [i, file] of kept.entries()) {
    const path = pathOf.get(file);
    const size = images.originalSizes[i]!;
    column.push(path === undefined && task.missing === 'empty' ? emptyRle(...size) : null);
    if (path !== undefined)
      await readOne(task, { path, file, size }).then(
        ({ rle, form }) => {
          column[i] = rle;
          forms.push({ path, form });
        },
        (error: unknown) => found.push(...problemsOf(error)),
      );
    onImage();
  }
  if (task.foreground === undefined) {
    const { note, problems: misfits } = agreeOnForeground(name, forms);
    task.log(note);
    found.push(...misfits);
  }
  if (found.length === 0 && column.every((rle) => rle === null || rleArea(rle) === 0))
    found.push({
      path: `${task.path}/${name}`,
      message: `expected class ${name} to have at least one foreground pixel, got ${kept.length} empty masks`,
    });
  problems.push(...found);
  return column;
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof RadiographError) return error.problems;
  throw error;
}

type OneMask = { readonly path: string; readonly file: number; readonly size: Size };

async function readOne(
  { foreground, orientationOf }: MaskJoinTask,
  { path, file, size }: OneMask,
): Promise<{ readonly rle: string; readonly form: MaskForm }> {
  const mask = await readMask(path);
  const orientation = await orientationOf(file);
  if (mask.orientation !== orientation)
    throw dataError(
      path,
      `expected a mask of EXIF orientation ${orientation}, as its image has, got ${mask.orientation}: nobody can tell which way it was drawn; store both upright`,
    );
  const [height, width] = mask.size;
  if (height !== size[0] || width !== size[1])
    throw dataError(
      path,
      `expected a mask of the image's size ${size[1]}x${size[0]}, got ${width}x${height}`,
    );
  const form = describeLevels(mask);
  return { rle: encodeRle(takeForeground(mask, form, foreground), height, width), form };
}

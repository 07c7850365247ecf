/** A folder of mask folders -> masks: one sub-folder per class, one PNG per image under the image's name. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { imagePattern, listFolder, readGreyImage } from '@radiograph/formats';
import { type Problem, RadiographError } from '@radiograph/graph';
import { encodeRle, identityFrame, type Masks, type Size } from '@radiograph/kinds';

export type MaskTask = {
  readonly folder: string;
  /** Classes to read; empty = every sub-folder. */
  readonly classes: readonly string[];
  readonly ids: readonly string[];
  readonly sizes: readonly Size[];
  readonly onImage: () => void;
};

const foreground = 127; // anti-aliased masks: a pixel counts from 128

/**
 * Reads the masks of these images at their original size.
 *
 * @throws a data error with every image without a mask, every mask of another size, and every class without a single foreground pixel.
 */
export async function readMasks(task: MaskTask): Promise<Masks> {
  const problems: Problem[] = [];
  const classes = await listClasses(task);
  const counts: (string | null)[][] = task.ids.map(() => []);
  for (const name of classes) {
    const column = await readClass(task, name, problems);
    for (const [i, rle] of column.entries()) counts[i]!.push(rle);
  }
  if (problems.length > 0) throw new RadiographError('data', problems);
  const { ids, sizes } = task;
  return { ids, classes, source: 'expert', sizes, frames: ids.map(() => identityFrame), counts };
}

async function listClasses({ folder, classes }: MaskTask): Promise<readonly string[]> {
  const entries = await listFolder(folder, 'a folder with one sub-folder of masks per class');
  const found = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  if (found.length === 0)
    throw new RadiographError('data', {
      path: folder,
      message: 'expected one sub-folder per class, got none',
    });
  const missing = classes.filter((name) => !found.includes(name));
  if (missing.length === 0) return classes.length > 0 ? classes : found;
  throw new RadiographError(
    'data',
    missing.map((name) => ({
      path: join(folder, name),
      message: `expected a folder of masks, got none (there are ${found.join(', ')})`,
    })),
  );
}

async function readClass(
  task: MaskTask,
  name: string,
  problems: Problem[],
): Promise<(string | null)[]> {
  const files = await readdir(join(task.folder, name));
  const pathOf = new Map(
    files
      .filter((file) => imagePattern.test(file))
      .map((file) => [file.replace(imagePattern, ''), join(task.folder, name, file)]),
  );
  const column: (string | null)[] = [];
  let area = 0;
  for (const [i, id] of task.ids.entries()) {
    const path = pathOf.get(id);
    const mask = path === undefined ? undefined : await readMask(path, task.sizes[i]!, problems);
    if (path === undefined)
      problems.push({
        path: join(task.folder, name, `${id}.png`),
        message: `expected a mask for image ${id}, got none`,
      });
    area += mask?.area ?? 0;
    column.push(mask?.rle ?? null);
    task.onImage();
  }
  if (area === 0 && problems.length === 0)
    problems.push({
      path: join(task.folder, name),
      message: `expected class ${name} to have at least one foreground pixel, got ${task.ids.length} empty masks`,
    });
  return column;
}

type ReadMask = { readonly rle: string; readonly area: number };

async function readMask(
  path: string,
  [height, width]: Size,
  problems: Problem[],
): Promise<ReadMask | undefined> {
  try {
    const { size, pixels, bitDepth } = await readGreyImage(path);
    if (size[0] !== height || size[1] !== width) {
      problems.push({
        path,
        message: `expected a mask of the image's size ${width}x${height}, got ${size[1]}x${size[0]}`,
      });
      return undefined;
    }
    const threshold = bitDepth === 8 ? foreground : foreground * 257;
    const mask = Uint8Array.from(pixels, (pixel) => (pixel > threshold ? 1 : 0));
    return {
      rle: encodeRle(mask, height, width),
      area: mask.reduce((sum, pixel) => sum + pixel, 0),
    };
  } catch (error) {
    if (!(error instanceof RadiographError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

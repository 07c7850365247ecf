import {
  addLeftOut,
  describeLeftOut,
  readDataFile,
  throwProblems,
  walkFolder,
} from '@radiograph/formats';
import { dataError, defineNode, type NodeContext, port } from '@radiograph/graph';
import type { FrameTransform, Saliency, Size } from '@radiograph/kinds';
import { z } from 'zod';
import { labelTasks } from '../phantom/finding.ts';
import { readSavedMap, recoverGrid, type SavedMap } from './saliency-pickle.ts';

const manual = `Loads saved Grad-CAM maps: the pickles <image>_<task>_map.pkl that CheXseg writes and CheXlocalize publishes.

A pickle is a program; here only its tensors and plain values are read, every other name in it is refused and named, nothing is run.

frame: the published maps were computed on the center crop of the radiograph, but were stretched over the whole of it before they were scored, which
shifts them sideways (method: traps a.7, number 1). "center-crop" (default) puts them back where they were computed: the shorter side
resized to the map's side, the longer one cropped in its middle. "stretched" repeats the published scores.

Maps are kept as the grid of which they are the bilinear image where they are one (10 x 10 for 320 x 320). Every image needs a map of every
class; the probabilities come from the files. Wire the output into chexseg.saliency-masks.

Source: Saporta et al., 2022 (method section c).`;

const params = z.strictObject({
  folder: z.string().min(1).default('gradcam_maps_val').describe('folder of .pkl files'),
  classes: z.array(z.string()).default([]).describe('tasks to read; empty = all that are there'),
  frame: z
    .enum(['center-crop', 'stretched'])
    .default('center-crop')
    .describe('where the maps lie on the radiograph'),
  limit: z.int().min(0).default(0).describe('keep only the first so many images; 0 = all'),
});
type Params = z.infer<typeof params>;

const networkStride = 32; // of a DenseNet or ResNet classifier

export const saliencyFiles = defineNode({
  type: 'chexseg.saliency-files',
  version: 1,
  title: 'Saliency files',
  manual,
  inputs: {},
  outputs: { saliency: port('saliency', 'the maps and probabilities, sorted by image') },
  params,
  sources: ({ folder }) => [folder],
  run: async (_, options, context) => ({
    saliency: pack(await readMaps(options, context), options, context),
  }),
});

async function readMaps(
  { folder, classes, limit }: Params,
  context: NodeContext,
): Promise<SavedMap[]> {
  const path = context.resolvePath(folder);
  const expected = 'a folder of <image>_<task>_map.pkl files';
  const { files, leftOut } = await walkFolder(path, { expected, deep: false });
  const others = files.filter(({ name }) => !name.endsWith('_map.pkl')).map(({ name }) => name);
  const pickles = files.filter(({ name }) => name.endsWith('_map.pkl'));
  if (pickles.length === 0)
    throw dataError(path, `expected files <image>_<task>_map.pkl, got ${others.length} others`);
  const said = describeLeftOut(addLeftOut(leftOut, 'files that are no maps', others));
  if (said !== undefined) context.notice(`${pickles.length} maps; ${said}`);
  const maps: SavedMap[] = [];
  const ids = new Set<string>();
  for (const [i, file] of pickles.entries()) {
    const saved = readSavedMap(await readDataFile(file.path, 'a saved map'), file.path);
    const isNew = !ids.has(saved.id);
    if (isNew && limit > 0 && ids.size === limit) break; // files are sorted by image
    ids.add(saved.id);
    if (classes.length === 0 || classes.includes(saved.task)) maps.push(saved);
    context.progress({ done: i + 1, total: pickles.length, unit: 'map' });
  }
  return maps;
}

function pack(maps: readonly SavedMap[], options: Params, context: NodeContext): Saliency {
  const ids = [...new Set(maps.map(({ id }) => id))];
  const there = new Set(maps.map(({ task }) => task));
  const known: readonly string[] = labelTasks;
  const found = [
    ...known.filter((task) => there.has(task)),
    ...[...there].filter((task) => !known.includes(task)),
  ];
  const classes = options.classes.length > 0 ? options.classes : found;
  const mapOf = new Map(maps.map((map) => [`${map.id} ${map.task}`, map]));
  throwProblems(
    ids.flatMap((id) =>
      classes
        .filter((task) => !mapOf.has(`${id} ${task}`))
        .map((task) => ({
          path: options.folder,
          message: `expected a map of ${task} for image ${id}, got none`,
        })),
    ),
  );
  const ordered = ids.flatMap((id) => classes.map((task) => mapOf.get(`${id} ${task}`)!));
  const frame = oneFrame(ordered, options.folder);
  const grids = ordered.map(({ map }) => recoverGrid(map, networkStride));
  const isGrid = grids.every((grid) => grid !== undefined);
  if (!isGrid)
    context.notice('the maps are not bilinear images of a grid: they are kept at full size');
  const planes = ordered.map(({ map }, i) => (isGrid ? grids[i]! : map));
  const grid = planes[0]!.size;
  const values = new Float32Array(planes.length * grid[0] * grid[1]);
  for (const [i, { data }] of planes.entries()) values.set(data, i * data.length);
  return {
    ids,
    classes,
    grid,
    frame,
    frames: ids.map((id) => frameOf(mapOf.get(`${id} ${classes[0]}`)!, options.frame)),
    values,
    probabilities: Float32Array.from(ordered, ({ probability }) => probability),
  };
}

function oneFrame(maps: readonly SavedMap[], folder: string): Size {
  const first = maps[0]?.map.size;
  if (first === undefined)
    throw dataError(folder, 'expected at least one map, got none of these classes');
  throwProblems(
    maps
      .filter(({ map }) => map.size.join() !== first.join())
      .map(({ id, task, map }) => ({
        path: folder,
        message: `expected maps of one size, ${first.join('x')}, got ${map.size.join('x')} of ${task} for ${id}`,
      })),
  );
  return first;
}

/** From the map's pixels to the original ones. */
function frameOf(
  { map, originalSize: [height, width] }: SavedMap,
  kind: Params['frame'],
): FrameTransform {
  const [rows, columns] = map.size;
  if (kind === 'stretched')
    return { scaleX: width / columns, scaleY: height / rows, offsetX: 0, offsetY: 0 };
  // torchvision: the shorter side becomes the map's, the longer one is truncated; the crop's corner is rounded.
  const side = rows;
  const shorter = Math.min(height, width);
  const [tall, wide] = [
    Math.trunc((side * height) / shorter),
    Math.trunc((side * width) / shorter),
  ];
  const [scaleX, scaleY] = [width / wide, height / tall];
  return {
    scaleX,
    scaleY,
    offsetX: Math.round((wide - side) / 2) * scaleX,
    offsetY: Math.round((tall - side) / 2) * scaleY,
  };
}

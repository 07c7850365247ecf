import { dataError, defineNode, type Labeled, many, optional, port } from '@radiograph/graph';
import {
  type Figure,
  frameOf,
  type Images,
  type Masks,
  maskInFrame,
  type Predictions,
  pixelsOf,
  resizeBilinear,
  rleArea,
} from '@radiograph/kinds';
import { z } from 'zod';
import { probabilityPlane } from '../score/overlap.ts';
import { type Canvas, type Color, createCanvas, type Point } from './canvas.ts';
import { characterCell } from './font.ts';

const manual = `Draws a figure: a row per image with the radiograph, the expert masks and each prediction, in one color per class.

A class is drawn as a contour with a light fill. Images come in the order of how many classes their masks show, most first, so that
the rows say something; ties in the order of the set. Grey values are stretched from the darkest to the brightest half percent. Wire any number of predictions: each gets a column, headed by the label of the
node it comes from. The PNG is written to the run's outputs folder.`;

const params = z.strictObject({
  count: z.int().min(1).max(100).default(6).describe('rows: images to show'),
  classes: z.array(z.string()).default([]).describe('classes to draw; empty = all of the masks'),
  cell: z.int().min(64).max(1024).default(256).describe('side of a picture in pixels'),
});
type Params = z.infer<typeof params>;

export const montage = defineNode({
  type: 'core.montage',
  version: 1,
  title: 'Montage',
  manual,
  inputs: {
    images: port('images', 'radiographs to show'),
    masks: optional('masks', 'expert masks; joined by id'),
    predictions: many('predictions', 'a column each; joined by id'),
  },
  outputs: { figure: port('figure', 'the montage as PNG') },
  params,
  run: async ({ images, masks, predictions }, options) => ({
    figure: await drawMontage({ images, masks, predictions }, options),
  }),
});

// Ten well separated hues (after Paul Tol's and Okabe and Ito's palettes, brightened for a dark ground).
const palette: readonly Color[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 200, 130],
  [240, 228, 66],
  [70, 110, 255],
  [230, 80, 40],
  [220, 120, 200],
  [150, 230, 230],
  [170, 110, 255],
  [255, 255, 255],
];
const background: Color = [24, 26, 30];
const ink: Color = [225, 228, 232];
const gap = 6;
const textScale = 2;
const lineHeight = characterCell.height * textScale + 4;

type Content = {
  readonly images: Images;
  readonly masks: Masks | undefined;
  readonly predictions: readonly Labeled<Predictions>[];
};
/** A picture of the montage: which image, and the mask of each class in the image's frame. */
type Column = {
  readonly heading: string;
  readonly maskOf: (image: number, name: string) => Uint8Array | undefined;
};

async function drawMontage(content: Content, options: Params): Promise<Figure> {
  const { images, masks } = content;
  if (images.ids.length === 0) throw dataError('images', 'expected at least one image, got none');
  const classes = chooseClasses(content, options.classes);
  const columns = listColumns(content);
  const chosen = chooseImages(images, masks, { classes, count: options.count });
  const scale = Math.max(1, Math.round(options.cell / Math.max(images.height, images.width)));
  const cell = { width: images.width * scale, height: images.height * scale };
  const legend = layOutLegend(classes, columns.length * (cell.width + gap));
  const width = columns.length * (cell.width + gap) + gap;
  const rowHeight = cell.height + lineHeight + gap;
  const height = gap + lineHeight + chosen.length * rowHeight + legend.height;
  const canvas = createCanvas(width, height, background);
  const style = { color: ink, scale: textScale };
  for (const [c, { heading, maskOf }] of columns.entries()) {
    const left = gap + c * (cell.width + gap);
    canvas.write(fitText(heading, cell.width), [left, gap], style);
    for (const [r, image] of chosen.entries()) {
      const top = gap + lineHeight + r * rowHeight;
      drawPicture(canvas, { images, image, scale, at: [left, top] });
      for (const [k, name] of classes.entries()) {
        const mask = maskOf(image, name);
        if (mask !== undefined)
          drawMask(
            canvas,
            { mask, width: images.width, scale, at: [left, top] },
            palette[k % palette.length]!,
          );
      }
      if (c === 0)
        canvas.write(fitText(images.ids[image]!, cell.width), [left, top + cell.height + 4], style);
    }
  }
  for (const { text, color, at } of legend.entries)
    canvas.write(text, [at[0] + gap, at[1] + height - legend.height], { color, scale: textScale });
  const caption = `${chosen.length} of ${images.ids.length} images; columns: ${columns.map(({ heading }) => heading).join(', ')}`;
  return { caption, width, height, png: await canvas.toPng() };
}

function chooseClasses(
  { masks, predictions }: Content,
  wanted: readonly string[],
): readonly string[] {
  const known = [
    ...new Set([...(masks?.classes ?? []), ...predictions.flatMap(({ value }) => value.classes)]),
  ];
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw dataError('classes', `expected some of ${known.join(', ')}, got ${unknown.join(', ')}`);
  return wanted.length > 0 ? wanted : known;
}

function listColumns({ images, masks, predictions }: Content): Column[] {
  const plain: Column = { heading: 'radiograph', maskOf: () => undefined };
  const truth = masks === undefined ? [] : [maskColumn(images, masks)];
  return [
    plain,
    ...truth,
    ...predictions.map(({ label, value }) => predictionColumn(images, { label, value })),
  ];
}

function maskColumn(images: Images, masks: Masks): Column {
  const rowOf = new Map(masks.ids.map((id, i) => [id, i]));
  return {
    heading: `${masks.source} masks`,
    maskOf(image, name) {
      const row = rowOf.get(images.ids[image]!);
      const counts =
        row === undefined ? null : (masks.counts[row]![masks.classes.indexOf(name)] ?? null);
      if (row === undefined || counts === null) return undefined;
      return maskInFrame(
        { counts, size: masks.sizes[row]!, frame: masks.frames[row]! },
        frameOf(images, image),
      );
    },
  };
}

function predictionColumn(images: Images, { label, value }: Labeled<Predictions>): Column {
  if (value.size[0] !== images.height || value.size[1] !== images.width)
    throw dataError(
      label,
      `expected predictions of ${images.height}x${images.width}, the images' frame, got ${value.size.join('x')}`,
    );
  const rowOf = new Map(value.ids.map((id, i) => [id, i]));
  return {
    heading: label,
    maskOf(image, name) {
      const row = rowOf.get(images.ids[image]!);
      const k = value.classes.indexOf(name);
      if (row === undefined || k < 0) return undefined;
      return Uint8Array.from(probabilityPlane(value, row, k), (p) =>
        p > value.thresholds[k]! ? 1 : 0,
      );
    },
  };
}

type Choice = { readonly classes: readonly string[]; readonly count: number };

function chooseImages(
  images: Images,
  masks: Masks | undefined,
  { classes, count }: Choice,
): number[] {
  const rowOf = new Map((masks?.ids ?? []).map((id, i) => [id, i]));
  const shown = images.ids.map((id, image) => {
    const row = rowOf.get(id);
    const counts =
      row === undefined
        ? []
        : classes.map((name) => masks!.counts[row]![masks!.classes.indexOf(name)]);
    return {
      image,
      findings: counts.filter((rle) => rle !== null && rle !== undefined && rleArea(rle) > 0)
        .length,
    };
  });
  return shown
    .sort((a, b) => b.findings - a.findings || a.image - b.image)
    .slice(0, count)
    .map(({ image }) => image);
}

type Placed = { readonly scale: number; readonly at: Point };

function drawPicture(
  canvas: Canvas,
  { images, image, scale, at }: Placed & { images: Images; image: number },
): void {
  const pixels = pixelsOf(images, image);
  const { low, high } = windowOf(pixels);
  const [height, width] = [images.height * scale, images.width * scale];
  const enlarged = resizeBilinear({ data: pixels, size: [images.height, images.width] }, [
    height,
    width,
  ]);
  for (let i = 0; i < enlarged.length; i++) {
    const grey = 255 * Math.min(1, Math.max(0, (enlarged[i]! - low) / (high - low)));
    canvas.paint([at[0] + (i % width), at[1] + Math.floor(i / width)], [grey, grey, grey]);
  }
}

/** The range that is shown: without the darkest and brightest half percent, so that a pale picture can be read. */
function windowOf(pixels: Uint8Array | Uint16Array): {
  readonly low: number;
  readonly high: number;
} {
  const sorted = pixels.toSorted();
  const low = sorted[Math.floor(0.005 * (sorted.length - 1))]!;
  const high = sorted[Math.floor(0.995 * (sorted.length - 1))]!;
  return { low, high: Math.max(low + 1, high) };
}

function drawMask(
  canvas: Canvas,
  { mask, width, scale, at }: Placed & { mask: Uint8Array; width: number },
  color: Color,
): void {
  const height = mask.length / width;
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] === 1;
  const line = Math.max(1, Math.round(scale / 2)) + 1;
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      if (!inside(Math.floor(x / scale), Math.floor(y / scale))) continue;
      const near = [
        [line, 0],
        [-line, 0],
        [0, line],
        [0, -line],
      ] as const;
      const edge = near.some(
        ([dx, dy]) => !inside(Math.floor((x + dx) / scale), Math.floor((y + dy) / scale)),
      );
      canvas.paint([at[0] + x, at[1] + y], color, edge ? 0.95 : 0.14);
    }
  }
}

type Legend = {
  readonly height: number;
  readonly entries: readonly { readonly text: string; readonly color: Color; readonly at: Point }[];
};

function layOutLegend(classes: readonly string[], width: number): Legend {
  let x = 0;
  let line = 0;
  const entries = classes.map((text, k) => {
    const needed = (text.length + 2) * characterCell.width * textScale;
    if (x > 0 && x + needed > width) {
      x = 0;
      line++;
    }
    const at: Point = [x, line * lineHeight];
    x += needed;
    return { text, color: palette[k % palette.length]!, at };
  });
  return { entries, height: classes.length === 0 ? 0 : (line + 1) * lineHeight + gap };
}

function fitText(text: string, width: number): string {
  return text.slice(0, Math.floor(width / (characterCell.width * textScale)));
}

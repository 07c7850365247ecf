/** Findings that change the air in the lungs. Each draws itself and returns its mask. */
import type { Random } from '@radiograph/statistics';
import { type Side, sides } from './anatomy.ts';
import { createField, maskOf, round, stroke, visitPixels } from './field.ts';
import { type Point, smoothCurve, smoothstep } from './geometry.ts';
import { consolidate, lungDepth, type Scene } from './scene.ts';
import { createTexture } from './texture.ts';

type Mask = Uint8Array;

const drawSide = (random: Random): Side => (random.next() < 0.55 ? -1 : 1);

/** A point well inside a lung: `u` half widths from the midline at height `y` of its length (0 apex, 1 dome). */
function insideLung({ anatomy }: Scene, side: Side, [u, y]: Point): Point {
  const [top, bottom] = [0.13, anatomy.domeHeight(side)];
  return anatomy.at(side * u, top + y * (bottom - top));
}

/** One to three round, well defined nodules, now and then a mass. */
export function drawLesion(scene: Scene): Mask {
  const random = scene.random('lesion');
  const field = createField(scene.size);
  const count = 1 + random.integer(3);
  for (let n = 0; n < count; n++) {
    const side = drawSide(random);
    const [cx, cy] = insideLung(scene, side, [
      0.5 + 0.28 * random.next(),
      0.18 + 0.62 * random.next(),
    ]);
    const radius = count === 1 ? 0.035 + 0.03 * random.next() : 0.02 + 0.018 * random.next();
    const lobes = [0.1 * random.normal(), 0.08 * random.normal(), 6.28 * random.next()] as const;
    visitPixels(scene.size, (x, y, i) => {
      const angle = Math.atan2(y - cy, x - cx);
      const edge =
        radius * (1 + lobes[0] * Math.cos(2 * angle + lobes[2]) + lobes[1] * Math.cos(3 * angle));
      const r = Math.hypot(x - cx, y - cy) / edge;
      if (r < 1 && lungDepth(scene, i) > 0)
        field.data[i] = Math.max(field.data[i]!, 0.25 + 0.75 * round(r));
    });
  }
  for (let i = 0; i < field.data.length; i++) scene.added.data[i]! += 0.3 * field.data[i]!;
  return maskOf(field);
}

/** Fluid in both lungs, most around the hila, with wide vessels and short septal (Kerley B) lines at the bases. */
export function drawEdema(scene: Scene): Mask {
  const random = scene.random('edema');
  const cloud = createTexture(random, 9, 4);
  const strength = 0.55 + 0.2 * random.next();
  const reach = 0.19 + 0.04 * random.next();
  const mask = new Uint8Array(scene.size ** 2);
  const haze = (x: number, y: number, side: Side) => {
    const [hx, hy] = scene.anatomy.hilum(side);
    const r = Math.hypot((x - hx - side * 0.05) / (0.8 * reach), (y - hy - 0.05) / (1.25 * reach));
    return smoothstep(1.25, 0.25, r + 0.22 * cloud(x, y));
  };
  consolidate(scene, (x, y, i) => {
    const side: Side = scene.lung['1'].data[i]! > scene.lung['-1'].data[i]! ? 1 : -1;
    const value = haze(x, y, side);
    if (value > 0.22 && scene.lung[`${side}`].data[i]! > 0) mask[i] = 1;
    return strength * value * (0.85 + 0.3 * cloud(2 * x, 2 * y));
  });
  drawSeptalLines(scene, random);
  return mask;
}

function drawSeptalLines(scene: Scene, random: Random): void {
  const lines = createField(scene.size);
  for (const side of sides) {
    for (let n = 0; n < 7; n++) {
      const y = 0.74 + 0.035 * n;
      const from = insideLung(scene, side, [0.95, y]);
      const to = insideLung(scene, side, [0.83 - 0.03 * random.next(), y + 0.008]);
      stroke(lines, [from, to], { halfWidth: () => 0.0018, strength: () => 0.13, profile: round });
    }
  }
  for (let i = 0; i < lines.data.length; i++)
    if (lungDepth(scene, i) > 0.004) scene.added.data[i]! += lines.data[i]!;
}

/** A lobe or segment without air, its edge fluffy, with dark air-filled bronchi running through it. */
export function drawConsolidation(scene: Scene): Mask {
  const random = scene.random('consolidation');
  const side = drawSide(random);
  const center = insideLung(scene, side, [
    0.52 + 0.12 * random.next(),
    random.next() < 0.65 ? 0.72 : 0.3,
  ]);
  const patch = drawPatch(
    scene,
    { center, side, radius: 0.12 + 0.045 * random.next(), strength: 0.88 },
    random,
  );
  drawBronchograms(scene, { side, mask: patch }, random);
  return patch;
}

/** One to three ill-defined patches of haze. */
export function drawOpacity(scene: Scene): Mask {
  const random = scene.random('opacity');
  const mask = new Uint8Array(scene.size ** 2);
  const count = 1 + random.integer(3);
  for (let n = 0; n < count; n++) {
    const side = n === 1 ? 1 : drawSide(random);
    const center = insideLung(scene, side, [
      0.45 + 0.25 * random.next(),
      0.25 + 0.5 * random.next(),
    ]);
    const patch = drawPatch(
      scene,
      { center, side, radius: 0.075 + 0.04 * random.next(), strength: 0.58 },
      random,
    );
    for (let i = 0; i < mask.length; i++) mask[i]! |= patch[i]!;
  }
  return mask;
}

type Patch = {
  readonly center: Point;
  readonly side: Side;
  readonly radius: number;
  readonly strength: number;
};

function drawPatch(scene: Scene, { center, side, radius, strength }: Patch, random: Random): Mask {
  const cloud = createTexture(random, 13, 4);
  const [wide, tall] = [0.85 + 0.3 * random.next(), 0.85 + 0.3 * random.next()];
  const mask = new Uint8Array(scene.size ** 2);
  consolidate(scene, (x, y, i) => {
    if (scene.lung[`${side}`].data[i]! <= 0) return 0;
    const r = Math.hypot((x - center[0]) / (radius * wide), (y - center[1]) / (radius * tall));
    const value = smoothstep(1.15, 0.62, r + 0.38 * cloud(x, y));
    if (value > 0.35) mask[i] = 1;
    return strength * value;
  });
  return mask;
}

function drawBronchograms(
  scene: Scene,
  { side, mask }: { side: Side; mask: Mask },
  random: Random,
): void {
  const air = createField(scene.size);
  const start = scene.anatomy.hilum(side);
  for (let n = 0; n < 5; n++) {
    const angle = (side === 1 ? 0 : Math.PI) + side * (-0.5 + 0.45 * n + 0.1 * random.normal());
    const reach = (r: number, turn: number): Point => [
      start[0] + r * Math.cos(angle + turn),
      start[1] + r * Math.sin(angle + turn),
    ];
    const path = smoothCurve([start, reach(0.1, 0.08), reach(0.2, -0.05), reach(0.28, 0.1)]);
    stroke(air, path, {
      halfWidth: (t) => 0.0055 - 0.003 * t,
      strength: () => 0.16,
      profile: round,
    });
  }
  for (let i = 0; i < mask.length; i++) if (mask[i] === 1) scene.added.data[i]! -= air.data[i]!;
}

/** Collapse: plate-like bands above a raised diaphragm, or a dense wedge at the base. */
export function drawAtelectasis(scene: Scene, side: Side): Mask {
  const random = scene.random('atelectasis');
  const field = createField(scene.size);
  if (random.next() < 0.6) drawPlates(scene, field, { side, random });
  else drawWedge(scene, field, side);
  for (let i = 0; i < field.data.length; i++) if (lungDepth(scene, i) <= 0) field.data[i] = 0;
  consolidate(scene, (_, __, i) => field.data[i]!);
  return maskOf(field, 0.2);
}

type Plates = { readonly side: Side; readonly random: Random };

function drawPlates(
  scene: Scene,
  field: ReturnType<typeof createField>,
  { side, random }: Plates,
): void {
  const count = 2 + random.integer(2);
  for (let n = 0; n < count; n++) {
    const y = 0.7 + 0.1 * n + 0.03 * random.next();
    const tilt = 0.05 * random.normal();
    const path = smoothCurve([
      insideLung(scene, side, [0.28, y - tilt]),
      insideLung(scene, side, [0.55, y + 0.015]),
      insideLung(scene, side, [0.88, y + tilt]),
    ]);
    stroke(field, path, {
      halfWidth: (t) => 0.011 + 0.006 * Math.sin(Math.PI * t),
      strength: () => 0.85,
      profile: (r) => smoothstep(1, 0.35, r),
    });
  }
}

/** A triangle with its tip at the hilum and its base on the diaphragm. */
function drawWedge(scene: Scene, field: ReturnType<typeof createField>, side: Side): void {
  const [tip, inner, outer] = [
    insideLung(scene, side, [0.24, 0.52]),
    insideLung(scene, side, [0.1, 1.05]),
    insideLung(scene, side, [0.72, 1.12]),
  ];
  const cross = (a: Point, b: Point, x: number, y: number) =>
    ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) /
    Math.hypot(b[0] - a[0], b[1] - a[1]);
  visitPixels(scene.size, (x, y, i) => {
    const edges = [cross(tip, outer, x, y), cross(outer, inner, x, y), cross(inner, tip, x, y)].map(
      (d) => side * d,
    );
    field.data[i] = 0.92 * smoothstep(-0.006, 0.012, Math.min(...edges));
  });
}

/** Air around a shrunken lung: a dark rim without vessels, and the thin bright line of the visceral pleura. */
export function drawPneumothorax(scene: Scene): Mask {
  const random = scene.random('pneumothorax');
  const side: Side = random.next() < 0.5 ? -1 : 1;
  const gap = 0.035 + 0.055 * random.next();
  const [ax, ay] = insideLung(scene, side, [0.75, 0.0]);
  const lung = scene.lung[`${side}`].data;
  const mask = new Uint8Array(scene.size ** 2);
  visitPixels(scene.size, (x, y, i) => {
    const depth = lung[i]!;
    if (depth <= 0) return;
    // Widest at the apex, thinning down the side; nothing along the mediastinum.
    const lateral = smoothstep(
      0.05,
      0.3,
      (side * (x - scene.anatomy.at(0, y)[0])) / scene.anatomy.halfWidth,
    );
    const high = smoothstep(0.62, 0.02, Math.hypot(x - ax, y - ay));
    const rim = gap * lateral * (0.25 + 1.35 * high) - 0.008;
    const line = depth - rim;
    if (rim > 0.006 && line < 0) {
      mask[i] = 1;
      scene.vessels.data[i] = 0;
      scene.aeration.data[i] = Math.min(1.12, scene.aeration.data[i]! * 1.25 + 0.08);
    } else if (rim > 0.006) {
      const width = Math.max(0.0022, 0.55 / scene.size);
      scene.added.data[i]! += 0.13 * Math.max(0, 1 - line / width);
      scene.aeration.data[i]! *= 0.93; // the lung that is left holds less air
    }
  });
  return mask;
}

/** Fluid at the base: blunts the costophrenic angle, rises along the wall (meniscus), hides the diaphragm. */
export function drawEffusion(scene: Scene): Mask {
  const random = scene.random('effusion');
  const both = random.next() < 0.35;
  const first = drawSide(random);
  const mask = new Uint8Array(scene.size ** 2);
  for (const side of both ? sides : [first]) {
    const level = scene.anatomy.domeHeight(side) + 0.035 - 0.13 * random.next();
    const climb = 0.13 + 0.07 * random.next();
    visitPixels(scene.size, (x, y, i) => {
      if (scene.lung[`${side}`].data[i]! <= 0) return;
      const u = (side * (x - scene.anatomy.at(0, y)[0])) / scene.anatomy.halfWidth;
      const surface = level + 0.02 - climb * Math.max(0, (u - 0.3) / 0.7) ** 2.6; // the meniscus
      const fluid = smoothstep(-0.008, 0.022, y - surface);
      if (fluid > 0.4) mask[i] = 1;
      scene.aeration.data[i]! *= 1 - 0.96 * fluid;
      scene.vessels.data[i]! *= 1 - fluid;
    });
  }
  return mask;
}

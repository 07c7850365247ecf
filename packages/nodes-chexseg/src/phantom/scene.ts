/** What findings draw into: air in the lungs, what lies in front of it, and where things are. */
import type { Random } from '@radiograph/statistics';
import { type Anatomy, type Side, sides } from './anatomy.ts';
import { createField, type Field, round, signedDistance, stroke, visitPixels } from './field.ts';
import type { Finding } from './finding.ts';
import { type Point, smoothCurve, smoothstep } from './geometry.ts';

/** One patient while being drawn. Fields are changed in place. */
export type Scene = {
  readonly size: number;
  readonly anatomy: Anatomy;
  readonly present: ReadonlySet<Finding>;
  /** A stream of its own for each purpose, so that one finding does not change another's numbers. */
  readonly random: (purpose: string) => Random;
  /** Signed distances, positive inside. */
  readonly lung: { readonly [S in `${Side}`]: Field };
  readonly heart: Field;
  readonly mediastinum: Field;
  /** 0 (solid) to 1 (air) per pixel. */
  readonly aeration: Field;
  /** Blood vessels of the lungs, 0 to 1. */
  readonly vessels: Field;
  /** Attenuation of what findings add: nodules, lines, devices. */
  readonly added: Field;
};

/** Opens a scene with healthy lungs. */
export function openScene(parts: Pick<Scene, 'size' | 'anatomy' | 'present' | 'random'>): Scene {
  const { size, anatomy } = parts;
  const lung = {
    '-1': signedDistance(anatomy.lungs['-1'], size),
    '1': signedDistance(anatomy.lungs['1'], size),
  };
  const heart = signedDistance(anatomy.heart, size);
  const mediastinum = signedDistance(anatomy.mediastinum, size);
  const scene = {
    ...parts,
    lung,
    heart,
    mediastinum,
    aeration: createField(size),
    vessels: createField(size),
    added: createField(size),
  };
  fillWithAir(scene);
  drawVessels(scene);
  return scene;
}

/** Lungs are thickest, so darkest, away from their edges; heart and mediastinum stand in front of them. */
function fillWithAir({ lung, heart, mediastinum, aeration, size }: Scene): void {
  const edge = 0.6 / size;
  for (let i = 0; i < aeration.data.length; i++) {
    const depth = Math.max(lung['-1'].data[i]!, lung['1'].data[i]!);
    if (depth <= -edge) continue;
    const air = smoothstep(-edge, edge, depth) * (0.5 + 0.5 * smoothstep(0, 0.085, depth));
    const behindHeart = 1 - 0.86 * smoothstep(-edge - 0.001, edge + 0.003, heart.data[i]!);
    const behindMediastinum =
      1 - 0.93 * smoothstep(-edge - 0.002, edge + 0.004, mediastinum.data[i]!);
    aeration.data[i] = air * behindHeart * behindMediastinum;
  }
}

type Branch = {
  readonly start: Point;
  readonly angle: number;
  readonly length: number;
  readonly width: number;
  readonly depth: number;
};

function drawVessels(scene: Scene): void {
  const random = scene.random('vessels');
  for (const side of sides) {
    const start = scene.anatomy.hilum(side);
    const outward = side === 1 ? 0 : Math.PI;
    for (let i = 0; i < 9; i++) {
      // A fan from steeply up to steeply down, outward; lower lobe vessels are the largest.
      const fan = -1.25 + (2.75 * (i + 0.3 * random.normal())) / 8;
      const angle = outward + side * fan;
      const down = Math.sin(angle) > 0 ? 1.25 : 1;
      growBranch(
        scene,
        { start, angle, length: 0.1 * down, width: 0.0085 * down, depth: 0 },
        random,
      );
    }
  }
}

function growBranch(
  scene: Scene,
  { start, angle, length, width, depth }: Branch,
  random: Random,
): void {
  const bend = angle + 0.25 * random.normal();
  const middle: Point = [
    start[0] + 0.55 * length * Math.cos(angle),
    start[1] + 0.55 * length * Math.sin(angle),
  ];
  const end: Point = [
    middle[0] + 0.55 * length * Math.cos(bend),
    middle[1] + 0.55 * length * Math.sin(bend),
  ];
  stroke(scene.vessels, smoothCurve([start, middle, end]), {
    halfWidth: (t) => width * (1 - 0.3 * t),
    strength: () => 0.95 - 0.17 * depth,
    profile: round,
  });
  if (depth === 4) return;
  for (const turn of [-0.38, 0.38]) {
    const next = bend + turn + 0.15 * random.normal();
    growBranch(
      scene,
      { start: end, angle: next, length: length * 0.74, width: width * 0.62, depth: depth + 1 },
      random,
    );
  }
}

/** Where in a lung: distance inside the lung of either side. */
export function lungDepth({ lung }: Scene, index: number): number {
  return Math.max(lung['-1'].data[index]!, lung['1'].data[index]!);
}

/** Takes air away: `opacity` 0 (none) to 1 (solid) per pixel. */
export function consolidate(
  scene: Scene,
  opacity: (x: number, y: number, index: number) => number,
): void {
  visitPixels(scene.size, (x, y, i) => {
    if (scene.aeration.data[i]! === 0) return;
    scene.aeration.data[i]! *= 1 - Math.min(1, Math.max(0, opacity(x, y, i)));
  });
}

/** Bones, soft tissue and airways: what every radiograph shows. */
import { type Anatomy, sides } from './anatomy.ts';
import {
  blur,
  cortical,
  createField,
  type Field,
  round,
  signedDistance,
  stroke,
  visitPixels,
} from './field.ts';
import { type Point, smoothCurve, smoothstep } from './geometry.ts';
import type { Scene } from './scene.ts';
import { createTexture } from './texture.ts';

/** Attenuation of the patient, 0 (air) to about 1.3 (metal over spine). */
export function drawThorax(scene: Scene): Field {
  const { size, anatomy, aeration, vessels, added } = scene;
  const body = signedDistance(anatomy.body, size, 0.05);
  const bones = drawBones(scene);
  const airways = drawAirways(scene);
  const soft = drawSoftTissue(scene);
  const tissue = createTexture(scene.random('tissue'), 7, 4);
  const attenuation = createField(size);
  visitPixels(size, (x, y, i) => {
    const inBody = smoothstep(-0.004, 0.004, body.data[i]!);
    const thick = 0.55 + 0.4 * smoothstep(0, 0.2, body.data[i]!);
    const blood =
      vessels.data[i]! *
      (scene.present.has('Edema') ? 0.2 : 0.15) *
      Math.min(1, 2 * aeration.data[i]!);
    const air = aeration.data[i]! * (0.6 + 0.025 * tissue(x, y)) + airways.data[i]!;
    const total = thick + soft.data[i]! + 0.02 * tissue(y, x) - air + blood;
    attenuation.data[i] = inBody * Math.max(0.06, total) + bones.data[i]! + added.data[i]!;
  });
  return attenuation;
}

function drawSoftTissue({ size, anatomy, random }: Scene): Field {
  const soft = createField(size);
  const choice = random('soft tissue');
  const stomach = anatomy.at(0.42 + 0.1 * choice.next(), anatomy.domeHeight(1) + 0.075);
  const hasBubble = choice.next() < 0.75;
  const density = 0.1 + 0.04 * choice.next();
  const reach = 0.2 + 0.03 * choice.next();
  visitPixels(size, (x, y, i) => {
    if (anatomy.hasBreasts) {
      for (const side of sides) {
        const [cx, cy] = anatomy.at(side * 0.62, 0.64);
        const r = Math.hypot((x - cx) / reach, (y - cy) / (reach * 0.95));
        // The fold below is sharp, above the breast thins out.
        soft.data[i]! += density * round(Math.min(1, r)) * smoothstep(-0.15, 0.08, y - cy);
      }
    }
    if (hasBubble) {
      const r = Math.hypot((x - stomach[0]) / 0.065, (y - stomach[1]) / 0.03);
      if (r < 1) soft.data[i]! -= 0.3 * round(r);
    }
  });
  return soft;
}

/** Trachea and main bronchi: air in front of the spine. */
function drawAirways({ size, anatomy }: Scene): Field {
  const airways = createField(size);
  const trachea = [
    anatomy.at(0, -0.05),
    anatomy.at(0.005, 0.15),
    anatomy.at(-0.02, 0.3),
    anatomy.at(-0.01, 0.345),
  ];
  const draw = (path: readonly Point[], width: number, strength: number) =>
    stroke(airways, smoothCurve(path), {
      halfWidth: () => width,
      strength: () => strength,
      profile: round,
    });
  draw(trachea, 0.021, 0.2);
  for (const side of sides)
    draw(
      [anatomy.at(-0.01, 0.34), anatomy.at(side * 0.1, 0.375), anatomy.hilum(side)],
      0.012,
      0.12,
    );
  return blur(airways, 0.003);
}

function drawBones(scene: Scene): Field {
  const { size } = scene;
  const bones = createField(size);
  for (const layer of [
    drawSpine(scene),
    drawPosteriorRibs(scene),
    drawAnteriorRibs(scene),
    drawShoulders(scene),
  ]) {
    for (let i = 0; i < bones.data.length; i++) bones.data[i]! += layer.data[i]!;
  }
  return blur(bones, 0.002);
}

function drawSpine({ size, anatomy }: Scene): Field {
  const spine = createField(size);
  const vertebrae = 17;
  for (let v = 0; v < vertebrae; v++) {
    const top = -0.02 + v * 0.064;
    const half = 0.031 + 0.0007 * v;
    const [cx, cy] = anatomy.at(0, top + 0.032);
    visitPixels(
      size,
      (x, y, i) => {
        const u = Math.abs(x - cx) / half;
        const w = Math.abs(y - cy) / 0.029;
        const waist = u + 0.12 * (1 - w * w); // the sides of a vertebra curve inwards
        const body = smoothstep(1.06, 0.94, waist) * smoothstep(1.04, 0.9, w);
        const endplate =
          0.35 * smoothstep(0.7, 0.95, w) * smoothstep(1.04, 0.95, w) * smoothstep(1, 0.85, waist);
        const pedicle = Math.hypot(
          (Math.abs(x - cx) - 0.6 * half) / 0.0075,
          (y - cy + 0.01) / 0.0105,
        );
        const process = Math.hypot((x - cx) / 0.007, (y - cy - 0.016) / 0.016);
        const detail = 0.45 * round(Math.min(1, pedicle)) + 0.4 * round(Math.min(1, process));
        spine.data[i] = Math.max(spine.data[i]!, 0.1 * (body + endplate + detail));
      },
      { left: cx - 0.05, right: cx + 0.05, top: cy - 0.034, bottom: cy + 0.034 },
    );
  }
  return spine;
}

/** Posterior ribs run from the spine outwards, slightly down, and turn around the chest wall. */
function drawPosteriorRibs({ size, anatomy }: Scene): Field {
  const ribs = createField(size);
  for (const side of sides) {
    for (let rib = 0; rib < 11; rib++) {
      const y = 0.085 + rib * 0.064;
      const reach = Math.min(1.035, 0.62 + 0.13 * (rib + 0.4) - 0.008 * rib * rib);
      const fall = 0.03 + 0.009 * rib;
      const shape: Point[] = [
        [0.1, y + 0.012],
        [0.28, y - 0.006],
        [0.5 * reach, y],
        [0.78 * reach, y + fall],
        [0.95 * reach, y + 2.1 * fall],
        [1.02 * reach, y + 3 * fall],
      ];
      stroke(ribs, smoothCurve(shape.map(([u, v]) => anatomy.at(side * u, v))), {
        halfWidth: (t) => 0.0135 - 0.002 * t,
        strength: (t) => 0.15 - 0.03 * t,
        profile: cortical,
      });
    }
  }
  return ribs;
}

/** Anterior ribs come from the chest wall downwards to the middle and end in cartilage, which does not show. */
function drawAnteriorRibs({ size, anatomy }: Scene): Field {
  const ribs = createField(size);
  for (const side of sides) {
    for (let rib = 0; rib < 6; rib++) {
      const y = 0.155 + rib * 0.075;
      const outer = Math.min(1.02, 0.78 + 0.09 * rib);
      const shape: Point[] = [
        [outer, y],
        [0.93 * outer, y + 0.05],
        [0.76 * outer, y + 0.095],
        [0.56 * outer, y + 0.118],
        [0.44, y + 0.118],
      ];
      stroke(ribs, smoothCurve(shape.map(([u, v]) => anatomy.at(side * u, v))), {
        halfWidth: () => 0.0145,
        strength: (t) => 0.085 * smoothstep(1, 0.85, t),
        profile: cortical,
      });
    }
  }
  return ribs;
}

function drawShoulders({ size, anatomy }: Scene): Field {
  const bones = createField(size);
  const along = (shape: readonly Point[], side: number) =>
    smoothCurve(shape.map(([u, v]) => anatomy.at(side * u, v)));
  for (const side of sides) {
    const clavicle = along(
      [
        [0.12, 0.165],
        [0.4, 0.135],
        [0.75, 0.085],
        [1.08, 0.09],
        [1.32, 0.115],
      ],
      side,
    );
    stroke(bones, clavicle, {
      halfWidth: (t) => 0.0155 - 0.003 * Math.sin(Math.PI * t),
      strength: () => 0.16,
      profile: cortical,
    });
    const blade = along(
      [
        [1.04, 0.13],
        [1.0, 0.2],
        [1.02, 0.3],
        [1.12, 0.4],
      ],
      side,
    );
    stroke(bones, blade, { halfWidth: () => 0.007, strength: () => 0.1, profile: round });
    const humerus = along(
      [
        [1.42, 0.16],
        [1.56, 0.34],
      ],
      side,
    );
    stroke(bones, humerus, {
      halfWidth: (t) => 0.048 - 0.018 * t,
      strength: () => 0.2,
      profile: cortical,
    });
    fillBlade(bones, anatomy, side);
  }
  return bones;
}

function fillBlade(bones: Field, anatomy: Anatomy, side: number): void {
  const shape: Point[] = [
    [1.04, 0.14],
    [1.0, 0.22],
    [1.12, 0.4],
    [1.24, 0.28],
    [1.36, 0.17],
    [1.2, 0.13],
  ];
  const distance = signedDistance(
    shape.map(([u, y]) => anatomy.at(side * u, y)),
    bones.size,
  );
  for (let i = 0; i < bones.data.length; i++) {
    if (distance.data[i]! > 0) bones.data[i] = Math.max(bones.data[i]!, 0.055);
  }
}

/** Support devices: tubes, lines, pacemakers, wires. All are thin and brighter than bone. */
import { sides } from './anatomy.ts';
import { createField, type Field, maskOf, stroke, visitPixels } from './field.ts';
import { type Point, smoothCurve, smoothstep } from './geometry.ts';
import type { Scene } from './scene.ts';

type Device = (scene: Scene, field: Field) => void;

const tube = (r: number) => (r > 0.6 ? 1 - 0.3 * (r - 0.6) : 0.45); // a wall seen from the side
const wire = () => 1;

function draw(
  field: Field,
  path: readonly Point[],
  halfWidth: number,
  profile: (r: number) => number = wire,
): void {
  stroke(field, smoothCurve(path), { halfWidth: () => halfWidth, strength: () => 1, profile });
}

/** Endotracheal tube: down the trachea, ends above the carina. */
const endotrachealTube: Device = ({ anatomy }, field) =>
  draw(
    field,
    [anatomy.at(0.03, -0.02), anatomy.at(0.01, 0.12), anatomy.at(-0.01, 0.275)],
    0.0095,
    tube,
  );

/** Central venous line: from the neck or under the clavicle to the superior vena cava. */
const centralLine: Device = ({ anatomy, random }, field) => {
  const start: Point = random('line').next() < 0.5 ? [-0.32, -0.02] : [-0.85, 0.07];
  draw(
    field,
    [anatomy.at(...start), anatomy.at(-0.3, 0.13), anatomy.at(-0.16, 0.22), anatomy.at(-0.17, 0.4)],
    0.0036,
  );
};

/** Pacemaker: a generator below the clavicle and leads to the right ventricle and atrium. */
const pacemaker: Device = ({ anatomy }, field) => {
  const [cx, cy] = anatomy.at(0.68, 0.2);
  visitPixels(field.size, (x, y, i) => {
    const box = Math.max(Math.abs(x - cx) / 0.05, Math.abs(y - cy) / 0.038);
    const corner = Math.hypot((x - cx) / 0.056, (y - cy) / 0.044);
    if (Math.max(box, corner) < 1) field.data[i] = 0.9 + 0.1 * smoothstep(0.7, 1, box);
  });
  draw(
    field,
    [
      anatomy.at(0.6, 0.18),
      anatomy.at(0.4, 0.12),
      anatomy.at(0.05, 0.16),
      anatomy.at(-0.15, 0.28),
      anatomy.at(-0.16, 0.5),
      anatomy.at(0.1, 0.62),
      anatomy.at(0.4, 0.66),
    ],
    0.0042,
  );
  draw(
    field,
    [
      anatomy.at(0.64, 0.17),
      anatomy.at(0.42, 0.1),
      anatomy.at(0.06, 0.145),
      anatomy.at(-0.18, 0.3),
      anatomy.at(-0.17, 0.47),
      anatomy.at(-0.06, 0.44),
    ],
    0.0042,
  );
};

/** Electrocardiogram electrodes with their cables. */
const electrodes: Device = ({ anatomy }, field) => {
  const spots: Point[] = [
    [-0.7, 0.2],
    [0.75, 0.22],
    [0.82, 0.7],
  ];
  for (const [u, y] of spots) {
    const [cx, cy] = anatomy.at(u, y);
    visitPixels(field.size, (x, z, i) => {
      const r = Math.hypot(x - cx, z - cy) / 0.014;
      if (r < 1) field.data[i] = Math.max(field.data[i]!, r > 0.55 ? 0.55 : 0.95);
    });
    draw(
      field,
      [
        anatomy.at(u, y),
        anatomy.at(u * 0.8, y + 0.14),
        anatomy.at(u * 0.95, y + 0.32),
        anatomy.at(u * 0.7, 1.05),
      ],
      0.0028,
    );
  }
};

/** Nasogastric tube: down the esophagus, through the diaphragm, into the stomach. */
const nasogastricTube: Device = ({ anatomy }, field) =>
  draw(
    field,
    [
      anatomy.at(0.04, -0.02),
      anatomy.at(0.05, 0.25),
      anatomy.at(0.06, 0.55),
      anatomy.at(0.16, 0.76),
      anatomy.at(0.42, 0.84),
    ],
    0.0045,
  );

/** Sternal wires after open heart surgery: a column of twisted loops. */
const sternalWires: Device = ({ anatomy }, field) => {
  for (let n = 0; n < 6; n++) {
    const y = 0.24 + 0.075 * n;
    const loop: Point[] = [
      [-0.06, y],
      [-0.02, y - 0.014],
      [0.05, y - 0.008],
      [0.055, y + 0.008],
      [0, y + 0.012],
      [-0.06, y + 0.004],
    ];
    draw(
      field,
      loop.map(([u, v]) => anatomy.at(u, v)),
      0.003,
    );
  }
};

/** Chest tube: from the side wall up to the apex. */
const chestTube: Device = ({ anatomy, random }, field) => {
  const side = sides[random('chest tube').integer(2)]!;
  draw(
    field,
    [
      anatomy.at(side * 1.22, 0.62),
      anatomy.at(side * 0.98, 0.54),
      anatomy.at(side * 0.8, 0.35),
      anatomy.at(side * 0.55, 0.16),
    ],
    0.0095,
    tube,
  );
};

const devices: readonly Device[] = [
  endotrachealTube,
  centralLine,
  pacemaker,
  electrodes,
  nasogastricTube,
  sternalWires,
];

/** Draws one to three kinds of devices (and a chest tube into most pneumothoraces); returns their mask. */
export function drawDevices(scene: Scene): Uint8Array {
  const random = scene.random('devices');
  const field = createField(scene.size);
  const chosen = random.shuffle(devices).slice(0, 1 + random.integer(3));
  if (scene.present.has('Pneumothorax') && random.next() < 0.6) chosen.push(chestTube);
  for (const device of chosen) device(scene, field);
  for (let i = 0; i < field.data.length; i++) scene.added.data[i]! += 0.42 * field.data[i]!;
  return maskOf(field, 0.2);
}

/** The body of one patient: outlines and landmarks in unit coordinates. The patient's right is on the left of the picture. */
import type { Random } from '@radiograph/statistics';
import type { Finding } from './finding.ts';
import { type Point, smoothCurve } from './geometry.ts';

/** The patient's right (drawn on the left, sign -1) and left. */
export type Side = -1 | 1;
export const sides: readonly Side[] = [-1, 1];

/** Everything that the drawing of a patient is built on. */
export type Anatomy = {
  /** A point at `u` half thorax widths from the midline (negative: image left) and height `y`, turned and shifted as the patient stands. */
  readonly at: (u: number, y: number) => Point;
  /** Half the inner width of the thorax. */
  readonly halfWidth: number;
  readonly body: readonly Point[];
  readonly lungs: { readonly [S in `${Side}`]: readonly Point[] };
  readonly heart: readonly Point[];
  readonly mediastinum: readonly Point[];
  /** Where vessels and bronchi enter the lungs. */
  readonly hilum: (side: Side) => Point;
  /** Height of the top of the diaphragm's dome. */
  readonly domeHeight: (side: Side) => number;
  /** Width of the heart over that of the thorax. */
  readonly cardiothoracicRatio: number;
  readonly hasBreasts: boolean;
};

/** Draws a patient's build; findings of heart, mediastinum and volume shape the outlines. */
export function drawAnatomy(
  random: Random,
  present: ReadonlySet<Finding>,
  collapsed: Side,
): Anatomy {
  const vary = (center: number, spread: number) => center + spread * (2 * random.next() - 1);
  const halfWidth = vary(0.375, 0.03);
  const [centerX, centerY] = [vary(0.5, 0.015), vary(0.5, 0.012)];
  const turn = vary(0, 0.035);
  const stretch = vary(1, 0.035);
  const at = (u: number, y: number): Point => {
    const [dx, dy] = [u * halfWidth, (y - 0.5) * stretch];
    return [
      centerX + dx * Math.cos(turn) - dy * Math.sin(turn),
      centerY + dx * Math.sin(turn) + dy * Math.cos(turn),
    ];
  };
  const inspiration = vary(0, 0.02);
  const raised = present.has('Atelectasis') ? 0.035 : 0; // volume loss lifts the diaphragm
  const domes = {
    '-1': vary(0.675, 0.008) + inspiration - (collapsed === -1 ? raised : 0),
    '1': vary(0.7, 0.008) + inspiration - (collapsed === 1 ? raised : 0),
  };
  const cardiothoracicRatio = present.has('Cardiomegaly') ? vary(0.63, 0.05) : vary(0.44, 0.035);
  const widened = present.has('Enlarged Cardiomediastinum') && !present.has('Cardiomegaly');
  const mediastinum = widened
    ? vary(0.33, 0.04)
    : present.has('Enlarged Cardiomediastinum')
      ? vary(0.22, 0.02)
      : vary(0.165, 0.015);
  const floor = (domes['-1'] + domes['1']) / 2;
  return {
    at,
    halfWidth,
    body: outlineBody(at, vary(1.2, 0.05)),
    lungs: { '-1': outlineLung(at, -1, domes['-1']), '1': outlineLung(at, 1, domes['1']) },
    heart: outlineHeart(at, { ratio: cardiothoracicRatio, floor, lean: vary(0.68, 0.03) }),
    mediastinum: outlineMediastinum(at, mediastinum),
    hilum: (side) => at(side * 0.26, side === -1 ? 0.415 : 0.395),
    domeHeight: (side) => domes[`${side}`],
    cardiothoracicRatio,
    hasBreasts: random.next() < 0.45,
  };
}

type Place = Anatomy['at'];

function outlineBody(at: Place, flank: number): Point[] {
  const half: Point[] = [
    [0.24, -0.08],
    [0.27, 0.02],
    [0.5, 0.065],
    [0.95, 0.1],
    [1.3, 0.17],
    [1.6, 0.3],
    [1.45, 0.42],
    [flank, 0.5],
    [flank, 0.7],
    [flank + 0.02, 0.9],
    [flank + 0.03, 1.12],
  ];
  const right = half.map(([u, y]) => at(-u, y));
  const left = half.map(([u, y]) => at(u, y)).reverse();
  return smoothCurve([...right, ...left], true);
}

function outlineLung(at: Place, side: Side, dome: number): Point[] {
  const upper: Point[] = [
    [0.44, 0.085],
    [0.24, 0.115],
    [0.15, 0.2],
    [0.15, 0.36],
    [0.17, 0.52],
    [0.2, dome - 0.005],
  ];
  const base: Point[] = [
    [0.34, dome - 0.012],
    [0.52, dome],
    [0.72, dome + 0.025],
    [0.88, dome + 0.07],
    [0.965, dome + 0.125],
  ];
  const wall: Point[] = [
    [0.99, dome + 0.06],
    [1.0, 0.6],
    [0.985, 0.46],
    [0.93, 0.32],
    [0.82, 0.2],
    [0.65, 0.115],
  ];
  return smoothCurve(
    [...upper, ...base, ...wall].map(([u, y]) => at(side * u, y)),
    true,
  );
}

type HeartShape = { readonly ratio: number; readonly floor: number; readonly lean: number };

/** `lean`: share of the width to the left of the midline (two thirds in most people). */
function outlineHeart(at: Place, { ratio, floor, lean }: HeartShape): Point[] {
  const left = 2 * ratio * lean;
  const right = 2 * ratio * (1 - lean);
  const top = 0.345;
  const height = floor + 0.03 - top;
  const points: Point[] = [
    [-right * 0.45, top + 0.02],
    [-right * 0.82, top + height * 0.32],
    [-right, top + height * 0.58],
    [-right * 0.86, top + height * 0.82],
    [-right * 0.3, top + height * 0.97],
    [left * 0.35, top + height * 1.02],
    [left * 0.78, top + height * 0.98],
    [left * 0.98, top + height * 0.86],
    [left * 0.94, top + height * 0.68],
    [left * 0.72, top + height * 0.42],
    [left * 0.46, top + height * 0.2],
    [left * 0.3, top + 0.01],
    [0, top - 0.02],
  ];
  return smoothCurve(
    points.map(([u, y]) => at(u, y)),
    true,
  );
}

function outlineMediastinum(at: Place, width: number): Point[] {
  const points: Point[] = [
    [-width * 0.75, 0.07],
    [-width * 0.85, 0.16],
    [-width, 0.28],
    [-width * 1.05, 0.4],
    [0, 0.45],
    [width * 1.25, 0.4],
    [width * 1.12, 0.32],
    [width * 1.45, 0.265],
    [width * 1.3, 0.225],
    [width * 0.85, 0.16],
    [width * 0.75, 0.07],
  ];
  return smoothCurve(
    points.map(([u, y]) => at(u, y)),
    true,
  );
}

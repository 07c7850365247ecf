/** The figures of a report as SVG. */
import type { GraphDocument } from '@radiograph/graph';
import { splitReference, wireName } from '@radiograph/graph';
import {
  type ArmsComparison,
  type AxisValues,
  curveThresholds,
  findCurveAxis,
  meanOf,
} from '@radiograph/statistics';
import { drawBarChart, hasManyGroups } from '../figures/bar-chart.ts';
import { drawGraph } from '../figures/graph-picture.ts';
import { type Curve, drawLineChart } from '../figures/line-chart.ts';
import { drawPanels } from '../figures/panels.ts';
import type { Extras, LossCurves } from './collect.ts';

/** A figure with what it shows. */
export type ReportFigure = {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
  /** Across the page. */
  readonly isWide?: boolean;
};

export type FigureSources = {
  readonly comparison: ArmsComparison;
  readonly extras: Extras;
  /** Axis values by arm. */
  readonly values: AxisValues;
};

/** The graph: it stands at the head of the report. */
export function drawReportGraph(document: GraphDocument): ReportFigure {
  const caption = 'The graph; what differs between arms is orange.';
  const svg = drawGraph(document, listChanged(document));
  return { name: 'graph', caption, svg, isWide: true };
}

/** Every figure that the sources can fill. */
export function drawFigures(sources: FigureSources): ReportFigure[] {
  return [
    drawMeans(sources),
    // Of a single class it would show the same bars again.
    ...(sources.comparison.classes.length > 1 ? [drawClasses(sources.comparison)] : []),
    ...drawThresholds(sources.extras),
    ...sources.extras.losses.map(drawLosses),
  ];
}

/** Nodes and wires that a value of an axis touches. */
function listChanged({ variants = {} }: GraphDocument): Set<string> {
  return new Set(
    Object.values(variants).flatMap((values) =>
      Object.values(values).flatMap(({ set = {}, disable = [], connect = [], disconnect = [] }) => [
        ...Object.keys(set).map((key) => splitReference(key).nodeId),
        ...disable,
        ...[...connect, ...disconnect].map(wireName),
      ]),
    ),
  );
}

/** A numeric axis gives a curve, anything else a bar per arm with a circle per seed. */
function drawMeans({ comparison: { arms }, values }: FigureSources): ReportFigure {
  const yLabel = 'mIoU (per image)';
  const caption =
    'Mean over classes of per-image IoU, over all seeds; 95 % bootstrap interval over seeds and images.';
  const names = arms.map(({ name }) => name);
  const axis = findCurveAxis(names, values);
  if (axis === undefined) {
    const series = arms.map(({ name, mean, meanPerSeed }) => ({
      name,
      values: [mean],
      dots: [meanPerSeed],
    }));
    const svg = drawBarChart({ title: 'mIoU by arm', yLabel, groups: ['mIoU'], series });
    return { name: 'miou', caption: `${caption} Circles: single seeds.`, svg };
  }
  const curves = axis.curves.map(
    ({ name, points }): Curve => ({
      name,
      points: points.map(({ x, arm }) => {
        const mean = arms[names.indexOf(arm)]!.mean;
        return mean === null
          ? { x, y: null }
          : { x, y: mean.mean, low: mean.lower, high: mean.upper };
      }),
    }),
  );
  const title = `mIoU by ${axis.name}`;
  const svg = drawLineChart({ title, xLabel: axis.name, yLabel, curves, dots: true });
  return { name: 'miou', caption, svg };
}

function drawClasses({ classes, arms }: ArmsComparison): ReportFigure {
  const series = arms.map(({ name, perClass }) => ({ name, values: perClass }));
  const yLabel = 'IoU (per image)';
  return {
    name: 'classes',
    caption: 'Per-image IoU of each class; 95 % bootstrap interval over seeds and images.',
    svg: drawBarChart({ title: 'IoU by class', yLabel, groups: classes, series }),
    isWide: hasManyGroups(classes),
  };
}

type Lists = readonly (readonly (number | null)[])[];

/** The mean of the lists at one place, of what is defined there. */
function averageAt(lists: Lists, t: number): number | null {
  return meanOf(lists.map((list) => list[t] ?? null));
}

function drawThresholds({ thresholds }: Extras): ReportFigure[] {
  if (thresholds.length === 0) return [];
  const unit = [0, 1] as const;
  const iou = thresholds.map(({ arm, curves }): Curve => {
    const lists = curves.map((one) => one.iou);
    return { name: arm, points: curveThresholds.map((x, t) => ({ x, y: averageAt(lists, t) })) };
  });
  const pr = thresholds.map(({ arm, curves }): Curve => {
    const [recall, precision] = [
      curves.map((one) => one.recall),
      curves.map((one) => one.precision),
    ];
    const points = curveThresholds.map((_, t) => ({
      x: averageAt(recall, t) ?? 0,
      y: averageAt(precision, t),
    }));
    return { name: arm, points };
  });
  return [
    {
      name: 'thresholds',
      caption: 'Dataset IoU if every class had this threshold; mean over classes and seeds.',
      svg: drawLineChart({
        title: 'IoU by threshold',
        xLabel: 'threshold',
        yLabel: 'dataset IoU',
        curves: iou,
        xDomain: unit,
      }),
    },
    {
      name: 'precision-recall',
      caption:
        'Precision and recall of pixels at thresholds from 0.02 to 0.98; mean over classes and seeds.',
      svg: drawLineChart({
        title: 'Precision and recall',
        xLabel: 'recall',
        yLabel: 'precision',
        curves: pr,
        xDomain: unit,
        yDomain: unit,
      }),
    },
    ...drawClassThresholds(thresholds),
  ];
}

/** One panel per class that has a curve in any arm. */
function drawClassThresholds(thresholds: Extras['thresholds']): ReportFigure[] {
  const classes = thresholds[0]?.curves[0]?.classes ?? [];
  if (classes.length < 2) return [];
  const panels = classes.map(({ name }, k) => ({
    name,
    curves: thresholds.map(({ arm, curves }): Curve => {
      const lists = curves.map((one) => one.classes[k]!.iou);
      return { name: arm, points: curveThresholds.map((x, t) => ({ x, y: averageAt(lists, t) })) };
    }),
  }));
  const svg = drawPanels({
    title: 'IoU by threshold, class by class',
    xLabel: 'threshold',
    yLabel: 'dataset IoU',
    names: thresholds.map(({ arm }) => arm),
    panels,
  });
  const caption = 'Dataset IoU of each class by its threshold; mean over seeds.';
  return [{ name: 'thresholds-by-class', caption, svg, isWide: true }];
}

/** The mean over seeds of each arm, and a band from the lowest to the highest seed. */
function drawLosses({ nodeId, curves }: LossCurves): ReportFigure {
  const arms = [...new Set(curves.map(({ arm }) => arm))];
  const drawn = arms.map((name): Curve => {
    const own = curves.filter(({ arm }) => arm === name);
    const epochs = own[0]!.points.map(({ epoch }) => epoch);
    return {
      name,
      points: epochs.map((epoch, i) => {
        const losses = own.flatMap(({ points }) => points[i]?.loss ?? []);
        const y = losses.reduce((a, b) => a + b, 0) / losses.length;
        const x = epoch / epochs.at(-1)!;
        return { x, y, low: Math.min(...losses), high: Math.max(...losses) };
      }),
    };
  });
  return {
    name: `loss-${nodeId}`,
    caption: `Training loss of ${nodeId}: mean over seeds, band from the lowest to the highest. Arms may have different numbers of epochs.`,
    svg: drawLineChart({
      title: `Training loss of ${nodeId}${arms.length === 1 ? ', shared by all arms' : ''}`,
      xLabel: 'part of the training',
      yLabel: 'loss',
      curves: drawn,
      xDomain: [0, 1],
    }),
  };
}

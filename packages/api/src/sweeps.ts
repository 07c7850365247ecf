/** Sweeps, and the cells of a graph's variants. */
import { EndStatus, RunStatus } from '@radiograph/runtime/records';
import { z } from 'zod';
import { defineTopic } from './route.ts';
import { ById, Cell, type Data, Interval, NodeScore } from './shapes.ts';

const SweepHead = z.strictObject({
  sweepId: z.string(),
  graph: z.string(),
  graphPath: z.string(),
  command: z.string().describe('what was typed, to do it again'),
  status: RunStatus,
  startedAt: z.string(),
  seconds: z.number().nullable().describe('null while it has not finished'),
  axes: z.record(z.string(), z.array(z.string())).describe('values, in the order of the cells'),
  seeds: z.array(z.int()),
  cells: z.int(),
  done: z.int(),
  running: z.int(),
  failed: z.int(),
  best: z
    .strictObject({ arm: z.string(), mean: z.number() })
    .nullable()
    .describe('the arm with the highest mIoU, averaged over its seeds'),
});
/** How far a sweep has come. */
export type SweepHead = Data<typeof SweepHead>;

const SweepCell = z.strictObject({
  name: z.string(),
  arm: z.string(),
  values: Cell,
  seed: z.int(),
  status: z.enum([...EndStatus.options, 'running', 'waiting', 'missing']),
  reason: z.string().nullable().describe('why it is not done'),
  runId: z.string().nullable(),
  score: NodeScore.nullable(),
});
/** One combination of values and seed, and what its run scored. */
export type SweepCell = Data<typeof SweepCell>;

const ArmsComparison = z.strictObject({
  measure: z.string().describe('the node and port whose scores are compared'),
  summary: z
    .array(z.string())
    .describe('whether the best arm is shown to be the best, and where, in sentences'),
  images: z.int().describe('of all seeds together'),
  sample: z.string().describe('images and seeds, in words'),
  note: z.string().describe('what was compared, left out, drawn and corrected'),
  arms: z.array(z.strictObject({ name: z.string(), mean: Interval.nullable() })),
  pairs: z
    .array(
      z.strictObject({
        a: z.string(),
        b: z.string(),
        difference: Interval.nullable().describe('b - a on the images and seeds of both'),
        p: z.number().nullable().describe('corrected over all pairs (Holm)'),
        verdict: z.string().describe('which arm is better, or that no difference is shown'),
      }),
    )
    .describe('every pair of arms'),
});
/** The arms with their intervals, and every pair of them. */
export type ArmsComparison = Data<typeof ArmsComparison>;

const SweepRequest = z.strictObject({
  axes: z.array(z.string()).default([]).describe('of the variants; none: as the graph says'),
  grids: z.array(z.string()).default([]).describe('node.param=value,value'),
  seeds: z.int().min(1).max(1000).nullable().default(null).describe('null: as the graph says'),
});
/** The graph as it is now, saved or not, and what is swept. */
const AskedSweep = z.strictObject({ path: z.string(), text: z.string(), request: SweepRequest });

const SweepPlan = z.strictObject({
  cells: z.array(z.string()),
  steps: z.int().describe('of all cells'),
  different: z.int().describe('steps that no other cell has, counted once'),
  run: z.int().describe('of those, what is not in the store'),
  seconds: z.number().describe('of computing, by earlier runs'),
  unknown: z.int().describe('steps to run that have never run'),
});
/** What a sweep would be. */
export type SweepPlan = Data<typeof SweepPlan>;

const Started = z.strictObject({ sweepId: z.string() });
const Nothing = z.strictObject({});

export const sweeps = defineTopic({
  plan: {
    method: 'post',
    path: '/api/sweeps/plan',
    summary: 'What a sweep would be: cells, steps, what they share, and the time.',
    body: AskedSweep,
    reply: SweepPlan,
  },
  start: {
    method: 'post',
    path: '/api/sweeps',
    summary: 'Starts a sweep in a process of its own, which outlives the server.',
    body: AskedSweep.extend({ executor: z.enum(['local', 'slurm']).default('local') }),
    reply: Started,
  },
  resume: {
    method: 'post',
    path: '/api/sweeps/:id/resume',
    summary:
      'Starts the same sweep again: the graph that it swept, the same cells. What is finished is reused.',
    params: ById,
    body: Nothing,
    reply: Started,
  },
  stop: {
    method: 'post',
    path: '/api/sweeps/:id/stop',
    summary: 'Asks a running sweep to stop at its next batch; finished steps are kept.',
    params: ById,
    body: Nothing,
    reply: Nothing,
  },
  report: {
    method: 'post',
    path: '/api/sweeps/:id/report',
    summary: 'Writes the report of a finished sweep; its files by name.',
    params: ById,
    body: Nothing,
    reply: z.strictObject({ files: z.array(z.string()) }),
  },
  file: {
    method: 'get',
    path: '/api/sweeps/:id/report/:name',
    summary: 'One file of a report that was written: HTML, CSV, LaTeX, SVG or JSON.',
    params: ById.extend({
      name: z.string().regex(/^[\w-]+\.[a-z]+$/, 'expected the name of a file'),
    }),
    reply: { mediaType: 'application/octet-stream' },
  },
  list: {
    method: 'get',
    path: '/api/sweeps',
    summary: 'All sweeps, newest first: their axes, how far they have come, their best arm.',
    reply: z.strictObject({ sweeps: z.array(SweepHead) }),
  },
  read: {
    method: 'get',
    path: '/api/sweeps/:id',
    summary: 'The cells of a sweep: where they lie on the axes, their runs, what they scored.',
    params: ById,
    reply: z.strictObject({ sweep: SweepHead, cells: z.array(SweepCell) }),
  },
  compare: {
    method: 'get',
    path: '/api/sweeps/:id/comparison',
    summary:
      'The finished cells of a sweep as arms: means, paired differences, and what they show in words.',
    params: ById,
    reply: ArmsComparison,
  },
});

/** The most combinations of variants that are listed. */
export const mostCells = 256;

const VariantCell = z.strictObject({
  cell: Cell,
  problem: z.string().nullable().describe('why the cell is no graph; null when it is one'),
  runId: z.string().nullable().describe('the newest finished run of exactly this graph'),
  scores: z.array(NodeScore),
});
/** One combination of a graph's variants, the newest run of it, and what it scored. */
export type VariantCell = Data<typeof VariantCell>;

export const variants = defineTopic({
  cells: {
    method: 'post',
    path: '/api/cells',
    summary: `Every combination of a graph's variants (at most ${mostCells}) with the newest run of it and its scores.`,
    body: z.strictObject({ text: z.string() }),
    reply: z.strictObject({ cells: z.array(VariantCell) }),
  },
});

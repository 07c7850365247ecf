/** Graph files: listed, read, saved with a revision, checked and planned. */
import { z } from 'zod';
import { defineTopic } from './route.ts';
import { type Data, Digests, Problem } from './shapes.ts';

/** The text of a graph file, and the revision that a later write must name. */
export const GraphFile = z.strictObject({
  path: z.string().describe('relative to the workspace, with /'),
  text: z.string(),
  revision: z.string(),
  isTemplate: z.boolean().describe('a shipped example: saving asks for a new name'),
});
export type GraphFile = Data<typeof GraphFile>;

const GraphSummary = z.strictObject({
  path: z.string(),
  name: z.string(),
  description: z.string(),
  nodes: z.int(),
  modifiedAt: z.string(),
  isTemplate: z.boolean(),
  problem: z.string().nullable().describe('why it cannot be read as a graph'),
});
/** A graph file as the list shows it. */
export type GraphSummary = Data<typeof GraphSummary>;

const PlanStep = z.strictObject({
  nodeId: z.string(),
  type: z.enum(['run', 'reuse', 'skip']),
  reason: z.string(),
  changes: z.array(z.string()).describe('differences to the nearest earlier key, in words'),
  outputs: Digests.describe('empty unless the step is reused'),
  seconds: z.number().nullable().describe('that a reused step took'),
});
/** What would happen to one node, and why. */
export type PlanStep = Data<typeof PlanStep>;

const ByPath = z.strictObject({ path: z.string().min(1) });
const Only = z.array(z.string()).nullable().default(null);

export const graphs = defineTopic({
  list: {
    method: 'get',
    path: '/api/graphs',
    summary: 'The graph files of the workspace.',
    reply: z.strictObject({ graphs: z.array(GraphSummary) }),
  },
  read: {
    method: 'get',
    path: '/api/graph',
    summary: 'One graph file with its revision.',
    query: ByPath,
    reply: GraphFile,
  },
  write: {
    method: 'put',
    path: '/api/graph',
    summary:
      'Saves canonical text. `revision` is the one that was read (null: a new file); 409 with `theirs` if it is stale.',
    query: ByPath,
    body: z.strictObject({ text: z.string(), revision: z.string().nullable() }),
    reply: GraphFile,
  },
  check: {
    method: 'post',
    path: '/api/check',
    summary:
      'Every problem of a graph, missing files and folders among them, each with its path and what would be accepted.',
    body: z.strictObject({ text: z.string(), path: z.string().default('untitled.graph.json') }),
    reply: z.strictObject({ problems: z.array(Problem) }),
  },
  plan: {
    method: 'post',
    path: '/api/plan',
    summary:
      'What would run, be reused or skipped, and why, with every problem that keeps something from running. Runs nothing.',
    body: z.strictObject({ text: z.string(), path: z.string(), only: Only }),
    reply: z.strictObject({
      problems: z.array(Problem),
      steps: z.array(PlanStep).describe('empty where the text is no document'),
    }),
  },
});

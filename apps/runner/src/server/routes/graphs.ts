import {
  checkGraph,
  parseDocument,
  planGraph,
  RadiographError,
  validateSound,
} from '@radiograph/graph';
import { openServices } from '@radiograph/runtime';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import type { Services } from '../services.ts';

const GraphFile = z.strictObject({
  path: z.string(),
  text: z.string(),
  revision: z.string(),
  isTemplate: z.boolean(),
});
const Problem = z.strictObject({ path: z.string(), message: z.string() });
const ByPath = z.strictObject({ path: z.string().min(1) });
const Only = z.array(z.string()).nullable().default(null);

/** Graph files: listed, read, saved with a revision, checked and planned. */
export function graphRoutes(services: Services): readonly Route[] {
  return [...fileRoutes(services), ...checkRoutes(services)];
}

function fileRoutes({ files, activity }: Services): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/graphs',
      summary: 'The graph files of the workspace.',
      reply: z.strictObject({ graphs: z.array(z.json()) }),
      handle: async () => ({ graphs: await files.list() }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/graph',
      summary: 'One graph file with its revision.',
      query: ByPath,
      reply: GraphFile,
      handle: ({ query }) => files.read(query.path),
    }),
    defineRoute({
      method: 'put',
      path: '/api/graph',
      summary:
        'Saves canonical text. `revision` is the one that was read (null: a new file); 409 with `theirs` if it is stale.',
      query: ByPath,
      body: z.strictObject({ text: z.string(), revision: z.string().nullable() }),
      reply: GraphFile,
      handle: async ({ query, body }) => {
        const file = await files.write({ ...query, ...body });
        activity.publish({ type: 'graph-saved', path: file.path, revision: file.revision });
        return file;
      },
    }),
  ];
}

function checkRoutes({ registry, files, home, packages, engine }: Services): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/check',
      summary: 'Every problem of a graph, each with its path and what would be accepted.',
      body: z.strictObject({ text: z.string() }),
      reply: z.strictObject({ problems: z.array(Problem) }),
      handle: async ({ body }) => ({ problems: findProblems(body.text, registry) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/plan',
      summary: 'What would run, be reused or skipped, and why. Runs nothing.',
      body: z.strictObject({ text: z.string(), path: z.string(), only: Only }),
      reply: z.strictObject({ steps: z.array(z.json()) }),
      handle: async ({ body }) => {
        const graph = validateSound(parseDocument(body.text), registry);
        const graphPath = await files.resolve(body.path);
        const { services, save } = await openServices({
          home,
          graphPath,
          data: graph.document.data,
          packages,
          engine,
        });
        const only = body.only === null ? {} : { only: body.only };
        const { steps } = await planGraph(graph, services, { ...only, missing: 'skip' });
        await save();
        return {
          steps: steps.map((step) => ({
            nodeId: step.nodeId,
            type: step.type,
            reason: step.reason,
            changes: step.type === 'run' ? step.changes : [],
            // A reused step has results to look at before anything runs.
            outputs: step.type === 'reuse' ? step.record.outputs : {},
            seconds: step.type === 'reuse' ? step.record.seconds : null,
          })),
        };
      },
    }),
  ];
}

function findProblems(text: string, registry: Services['registry']) {
  try {
    return checkGraph(parseDocument(text), registry);
  } catch (error) {
    if (error instanceof RadiographError) return error.problems;
    throw error;
  }
}

import { describeKinds } from '@radiograph/graph';
import { openEngine } from '@radiograph/tensor';
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import type { Services } from '../services.ts';

/** The session, the installed node types, and the stream of what happens. */
export function sessionRoutes(services: Services): readonly Route[] {
  const { version, workspace, engine, firstGraph, descriptions, activity } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/session',
      summary: 'What serves: version, workspace folder, engine, and the graph to open first.',
      reply: z.strictObject({
        version: z.string(),
        workspace: z.string(),
        numerics: z.string(),
        firstGraph: z.string().nullable(),
      }),
      handle: async () => ({
        version,
        workspace,
        numerics: openEngine(engine).numerics,
        firstGraph,
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/node-types',
      summary: 'Every installed node type: ports, parameters as JSON Schema, manual.',
      reply: z.strictObject({
        nodeTypes: z.array(z.json()),
        portKinds: z.record(z.string(), z.string()),
      }),
      handle: async () => ({ nodeTypes: descriptions, portKinds: describeKinds() }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/activity',
      summary:
        'Server-sent events: queue, run events, saved graphs. Resumes after Last-Event-ID; `reset` asks to read all again.',
      reply: { mediaType: 'text/event-stream' },
      handle: async (_, { request, response }) => {
        activity.serve(request, response);
      },
    }),
  ];
}

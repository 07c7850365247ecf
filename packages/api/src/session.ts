/** What serves, the installed node types, and the stream of what happens. */
import type { NodeDescription, PortKind } from '@radiograph/graph';
import { RunEvent } from '@radiograph/runtime/events';
import { z } from 'zod';
import { defineTopic } from './route.ts';
import { QueueState } from './runs.ts';
import type { Data } from './shapes.ts';

const Session = z.strictObject({
  version: z.string(),
  workspace: z.string().describe('the folder whose graphs are edited'),
  numerics: z.string().describe('engine, device and precision'),
  firstGraph: z.string().nullable().describe('the graph to open first'),
});

/** Node packages may bring kinds of their own. */
const Kind = z.custom<PortKind>((value) => typeof value === 'string');

const Port = z.strictObject({
  kind: Kind,
  arity: z.enum(['one', 'optional', 'many']),
  role: z.string().exactOptional(),
  doc: z.string(),
});
const Ports = z.record(z.string(), Port);

const NodeType = z.strictObject({
  type: z.string(),
  version: z.int(),
  title: z.string(),
  manual: z.string(),
  inputs: Ports,
  outputs: Ports,
  uses: z.array(z.enum(['seed', 'engine'])),
  /** A JSON Schema: its shape is its standard's. */
  params: z.custom<NodeDescription['params']>((value) => typeof value === 'object'),
});

/** One message of the stream. `reset`: events were missed (another server, too long ago); read everything again. */
export const ActivityMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('queue'), queue: QueueState }),
  z.strictObject({ type: z.literal('run'), runId: z.string(), event: RunEvent }),
  z.strictObject({ type: z.literal('run-refused'), name: z.string(), message: z.string() }),
  z.strictObject({ type: z.literal('graph-saved'), path: z.string(), revision: z.string() }),
  z.strictObject({ type: z.literal('reset') }),
]);
export type ActivityMessage = Data<typeof ActivityMessage>;

export const session = defineTopic({
  read: {
    method: 'get',
    path: '/api/session',
    summary: 'What serves: version, workspace folder, engine, and the graph to open first.',
    reply: Session,
  },
  nodeTypes: {
    method: 'get',
    path: '/api/node-types',
    summary: 'Every installed node type: ports, parameters as JSON Schema, manual.',
    reply: z.strictObject({
      nodeTypes: z.array(NodeType),
      portKinds: z.record(z.string(), z.string()).describe('what each kind is, in a line'),
    }),
  },
  activity: {
    method: 'get',
    path: '/api/activity',
    summary:
      'Server-sent events: queue, run events, saved graphs. Resumes after Last-Event-ID; `reset` asks to read all again.',
    reply: { mediaType: 'text/event-stream' },
  },
});

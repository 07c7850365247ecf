/** The server's API, typed: requests in, checked replies out, refusals as `ApiError`. */
import type { NodeDescription } from '@radiograph/graph';
import { z } from 'zod';
import { CheckReply, GraphFile, GraphList, PlanReply, Refusal, Session } from './schemas.ts';

/** A refusal of the server. `status` 0: it could not be reached. `details` is the whole body. */
export class ApiError extends Error {
  readonly status: number;
  readonly details: unknown;

  constructor(status: number, message: string, details: unknown) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.details = details;
  }
}

type Request = { readonly method?: 'GET' | 'PUT' | 'POST'; readonly body?: unknown };

/** Calls a route and checks the reply. @throws {ApiError} when it is refused or nothing answers. */
export async function call<S extends z.ZodType>(
  path: string,
  schema: S,
  { method = 'GET', body }: Request = {},
): Promise<z.infer<S>> {
  const init: RequestInit =
    body === undefined
      ? { method }
      : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, init).catch((error: unknown) => {
    throw new ApiError(0, 'The server does not answer. Is radiograph serve running?', error);
  });
  const reply: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, explainRefusal(response, reply), reply);
  return schema.parse(reply);
}

function explainRefusal({ status }: Response, reply: unknown): string {
  const refusal = Refusal.safeParse(reply);
  return refusal.success ? refusal.data.error.message : `The server answered ${status}.`;
}

const at = (path: string) => `/api/graph?path=${encodeURIComponent(path)}`;
const NodeTypes = z.object({ nodeTypes: z.array(z.custom<NodeDescription>()) });

/** What serves this page. */
export const readSession = () => call('/api/session', Session);

/** Every installed node type. The server wrote them with `describeNodeType`, so their shape is ours. */
export const readNodeTypes = async () => (await call('/api/node-types', NodeTypes)).nodeTypes;

/** The graph files of the workspace. */
export const listGraphs = async () => (await call('/api/graphs', GraphList)).graphs;

/** One graph file with its revision. */
export const readGraph = (path: string) => call(at(path), GraphFile);

/** Saves a graph file. @throws {ApiError} 409 with `details.theirs` when `revision` is stale. */
export const writeGraph = (path: string, body: { text: string; revision: string | null }) =>
  call(at(path), GraphFile, { method: 'PUT', body });

/** Every problem of a document's text. */
export const checkText = async (text: string) =>
  (await call('/api/check', CheckReply, { method: 'POST', body: { text } })).problems;

/** What would run, and why. */
export const planText = async (body: { text: string; path: string; only: string[] | null }) =>
  (await call('/api/plan', PlanReply, { method: 'POST', body })).steps;

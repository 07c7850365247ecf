/** The contract's routes with the functions that answer them. */
import type { Received, Returned, Route, Topic } from '@radiograph/api';
import { RadiographError, toProblem } from '@radiograph/graph';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';

/** For handlers that write their response themselves. */
export type Http = { readonly request: Request; readonly response: Response };

/** One function per route of a topic: a missing one does not compile, nor does a reply of another shape. */
export type Handlers<T extends Topic> = {
  readonly [N in keyof T]: (input: Received<T[N]>, http: Http) => Promise<Returned<T[N]>>;
};

/** A route that can be mounted. */
export type ServedRoute = Route & {
  readonly handle: (input: never, http: Http) => Promise<unknown>;
};

/** Joins routes and handlers. */
export function serveTopic<T extends Topic>(topic: T, handlers: Handlers<T>): ServedRoute[] {
  return Object.entries(topic).map(([name, route]) => ({ ...route, handle: handlers[name]! }));
}

/** Lets the browser keep a reply that never changes. */
export function keepForEver(response: Response): void {
  response.set('cache-control', 'private, max-age=31536000, immutable');
}

const checksReplies = ['test', 'development'].includes(process.env.NODE_ENV ?? '');

/** Answers one route: parses what comes in; in tests and development it also proves what goes out. */
export function answer(route: ServedRoute): RequestHandler {
  return async (request, response) => {
    const input = {
      params: parse(route.params, request.params, 'path'),
      query: parse(route.query, request.query, 'query'),
      body: parse(route.body, request.body, 'body'),
    };
    const reply = await route.handle(input as never, { request, response });
    if ('mediaType' in route.reply) return; // written by the handler
    if (checksReplies) checkReply(route, route.reply, reply);
    if (route.isImmutable) keepForEver(response);
    else response.set('cache-control', 'no-store');
    response.json(reply);
  };
}

function parse(schema: z.ZodObject | undefined, value: unknown, place: string): unknown {
  if (schema === undefined) return undefined;
  const result = z.safeParse(schema, value ?? {}, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(toProblem);
  throw new RadiographError(
    'usage',
    problems.map(({ path, message }) => ({
      path: [place, path].filter(Boolean).join('.'),
      message,
    })),
  );
}

/** Looks at what will be sent, not at what was returned: `undefined` fields are not there then. */
function checkReply({ method, path }: Route, schema: z.ZodType, reply: unknown): void {
  const result = z.safeParse(schema, JSON.parse(JSON.stringify(reply)), { reportInput: true });
  if (result.success) return;
  const problems = result.error.issues.map(toProblem).map((one) => `${one.path}: ${one.message}`);
  throw new Error(
    `internal: the reply of ${method.toUpperCase()} ${path} breaks the contract: ${problems.join('; ').slice(0, 2000)}`,
  );
}

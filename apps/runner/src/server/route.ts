/** A route as data: the same declaration serves requests and makes the OpenAPI document. */
import type { Problem } from '@radiograph/graph';
import type { Request, Response } from 'express';
import type { z } from 'zod';

type Shape = z.ZodObject | undefined;
type Parsed<S extends Shape> = S extends z.ZodObject ? z.infer<S> : undefined;

/** What a handler gets: parsed and typed. */
export type RouteInput<P extends Shape, Q extends Shape, B extends Shape> = {
  readonly params: Parsed<P>;
  readonly query: Parsed<Q>;
  readonly body: Parsed<B>;
};

/** What comes back: JSON of this shape, a file or a stream (which the handler writes itself). */
export type Reply = z.ZodType | { readonly mediaType: string };

/** A route; `P`, `Q` and `B` are the schemas of path parameters, query and body. */
export type RouteDefinition<P extends Shape, Q extends Shape, B extends Shape> = {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Express path; parameters as `:name`. */
  readonly path: `/api/${string}`;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly reply: Reply;
  /** Returns the JSON reply, or undefined when it wrote the response itself. */
  readonly handle: (
    input: RouteInput<P, Q, B>,
    http: { readonly request: Request; readonly response: Response },
  ) => Promise<unknown>;
};

/** A route with its types erased, as the app mounts it. */
export type Route = Omit<RouteDefinition<Shape, Shape, Shape>, 'handle'> & {
  readonly handle: (
    input: RouteInput<Shape, Shape, Shape>,
    http: { readonly request: Request; readonly response: Response },
  ) => Promise<unknown>;
};

/** Declares a route; the handler's input is inferred from the schemas. */
export function defineRoute<
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends Shape = undefined,
>(definition: RouteDefinition<P, Q, B>): Route {
  // The app parses with exactly these schemas before it calls the handler.
  return definition as unknown as Route;
}

/** A refusal with its HTTP status; `details` are more fields of the JSON body. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly Problem[];
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    { code, problem, details = {} }: { code: string; problem: Problem; details?: object },
  ) {
    super(`${problem.path}: ${problem.message}`);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.problems = [problem];
    this.details = { ...details };
  }
}

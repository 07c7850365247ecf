/** A route as data: what goes in and what comes back. The server, its OpenAPI document and the client are made from it. */
import type { z } from 'zod';
import type { DeepReadonly } from './shapes.ts';

/** What comes back that is no JSON: a picture, bytes, a stream. */
export type Media = { readonly mediaType: string };

/** One route. Whatever a handler gets was parsed by these schemas; whatever it returns has the shape of `reply`. */
export type Route = {
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Parameters as `:name`. */
  readonly path: `/api/${string}`;
  /** For the OpenAPI document. */
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly reply: z.ZodType | Media;
  /** The reply never changes, so a browser may keep it for ever. */
  readonly isImmutable?: true;
};

/** Routes of one topic, by verb. */
export type Topic = Readonly<Record<string, Route>>;

/** Declares the routes of a topic; each keeps the types of its schemas. */
export function defineTopic<const T extends Topic>(routes: T): T {
  return routes;
}

type Part = 'params' | 'query' | 'body';
type PartsOf<R extends Route> = {
  [P in Part]: R[P] extends z.ZodObject ? P : never;
}[Part];

/** What a handler of the route gets, parsed: defaults are filled in. */
export type Received<R extends Route> = {
  readonly [P in PartsOf<R>]: R[P] extends z.ZodObject ? z.output<R[P]> : never;
};

/** What a caller of the route sends. */
export type Sent<R extends Route> = {
  readonly [P in PartsOf<R>]: R[P] extends z.ZodObject ? DeepReadonly<z.input<R[P]>> : never;
};

/** What a handler of the route returns; of no matter where it writes the response itself. */
export type Returned<R extends Route> = R['reply'] extends z.ZodType
  ? DeepReadonly<z.input<R['reply']>>
  : unknown;

/** What a caller of the route gets. */
export type ReplyOf<R extends Route> = R['reply'] extends z.ZodType
  ? DeepReadonly<z.output<R['reply']>>
  : never;

/** Where a route is: its parameters in the path, its query behind it. Undefined and null fields are left out. */
export function addressOf<R extends Route>(
  route: R,
  sent: Omit<Sent<R>, 'body'> & { readonly params?: object; readonly query?: object },
): string {
  const params = new Map(Object.entries(sent.params ?? {}));
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(params.get(name))),
  );
  const fields = Object.entries(sent.query ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  );
  return fields.length === 0 ? path : `${path}?${new URLSearchParams(fields)}`;
}

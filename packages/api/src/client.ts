/** Calls the routes: requests in, checked replies out, refusals as `ApiError`. */
import { z } from 'zod';
import { addressOf, type ReplyOf, type Route, type Sent, type Topic } from './route.ts';
import { type Api, api, Refusal } from './table.ts';

/** A refusal of the server. `status` 0: it could not be reached. `refusal` is undefined where the answer was none of ours. */
export class ApiError extends Error {
  readonly status: number;
  readonly refusal: Refusal | undefined;

  constructor(status: number, message: string, refusal?: Refusal) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.refusal = refusal;
  }
}

type Arguments<R extends Route> = keyof Sent<R> extends never ? [] : [sent: Sent<R>];
type Calls<T extends Topic> = {
  readonly [N in keyof T as T[N]['reply'] extends z.ZodType ? N : never]: (
    ...sent: Arguments<T[N]>
  ) => Promise<ReplyOf<T[N]>>;
};
/** Every route that answers JSON, as a function. @throws {ApiError} when it is refused or nothing answers. */
export type Client = { readonly [T in keyof Api]: Calls<Api[T]> };

type Parts = { readonly params?: object; readonly query?: object; readonly body?: object };

/** Makes a client; `send` is `fetch`, or one that adds a token and an origin. */
export function createClient(send: (path: string, init: RequestInit) => Promise<Response>): Client {
  const topics = Object.entries(api).map(([name, topic]) => [
    name,
    Object.fromEntries(
      Object.entries(topic as Topic).map(([verb, route]) => [
        verb,
        (sent: Parts = {}) => callRoute(send, route, sent),
      ]),
    ),
  ]);
  return Object.fromEntries(topics) as Client; // the type lists the same table
}

async function callRoute(
  send: Parameters<typeof createClient>[0],
  route: Route,
  { body, ...place }: Parts,
): Promise<unknown> {
  const method = route.method.toUpperCase();
  const content =
    body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await send(addressOf(route, place), { method, ...content }).catch(
    (error: unknown) => {
      const message = 'The server does not answer. Is radiograph serve running?';
      throw Object.assign(new ApiError(0, message), { cause: error });
    },
  );
  const reply = await response.json().catch(() => undefined); // a proxy's page, say
  if (!response.ok) throw refused(response.status, reply);
  const parsed = z.safeParse(route.reply as z.ZodType, reply); // calls are made of routes with JSON
  if (parsed.success) return parsed.data;
  throw new ApiError(response.status, explainShape(route, parsed.error));
}

function refused(status: number, reply: unknown): ApiError {
  const refusal = Refusal.safeParse(reply).data;
  return new ApiError(
    status,
    refusal?.error.message ?? `The server answered ${status} without a reason.`,
    refusal,
  );
}

/** Says which field of a reply is another than the contract's: a bug of ours, or a page older than the server. */
function explainShape({ method, path }: Route, { issues }: z.core.$ZodError): string {
  const places = issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return `internal: the reply of ${method.toUpperCase()} ${path} has another shape than this page expects (${places.join('; ')}). Load the page again.`;
}

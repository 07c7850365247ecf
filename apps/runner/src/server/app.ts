/** The Express app: security first, then the API from its route table, then the editor's files. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, RadiographError } from '@radiograph/graph';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type Response,
} from 'express';
import { z } from 'zod';
import { describeApi } from './openapi.ts';
import { HttpError, type Route } from './route.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { cellRoutes } from './routes/cells.ts';
import { compareRoutes } from './routes/compare.ts';
import { graphRoutes } from './routes/graphs.ts';
import { runRoutes } from './routes/runs.ts';
import { sessionRoutes } from './routes/session.ts';
import { sweepRoutes } from './routes/sweeps.ts';
import {
  type Access,
  acceptToken,
  checkHost,
  checkOrigin,
  checkToken,
  setHeaders,
} from './security.ts';
import type { Services } from './services.ts';

export type AppOptions = {
  readonly services: Services;
  readonly access: Access;
  /** The built editor; without it only the API is served. */
  readonly editorFolder: string | undefined;
};

const bodyLimit = '8mb'; // a graph of 1,000 nodes has about 0.5 MB

/** Every route of the API. */
export function listRoutes(services: Services): readonly Route[] {
  return [
    ...sessionRoutes(services),
    ...graphRoutes(services),
    ...runRoutes(services),
    ...artifactRoutes(services),
    ...compareRoutes(services),
    ...cellRoutes(services),
    ...sweepRoutes(services),
  ];
}

/** Makes the app; it does not listen. */
export function createApp({ services, access, editorFolder }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(...setHeaders(), checkHost(access), checkOrigin(access));
  app.use('/api', checkToken(access), express.json({ limit: bodyLimit, strict: true }));
  const routes = listRoutes(services);
  for (const route of routes) app[route.method](route.path, serveRoute(route));
  app.get('/api/openapi.json', (_request, response) => {
    response.json(describeApi(routes, services.version));
  });
  app.use('/api', (request) => {
    const problem = { path: request.originalUrl, message: 'expected a route of /api/openapi.json' };
    throw new HttpError(404, { code: 'missing', problem });
  });
  if (editorFolder !== undefined) serveEditor(app, editorFolder, access);
  app.use(answerError);
  return app;
}

function serveRoute(route: Route) {
  return async (request: Request, response: Response): Promise<void> => {
    const input = {
      params: parse(route.params, request.params, 'path'),
      query: parse(route.query, request.query, 'query'),
      body: parse(route.body, request.body, 'body'),
    };
    const reply = await route.handle(input, { request, response });
    if (!response.headersSent && reply !== undefined) {
      if (!response.hasHeader('cache-control')) response.set('cache-control', 'no-store');
      response.json(reply);
    }
  };
}

function parse(
  schema: z.ZodObject | undefined,
  value: unknown,
  place: string,
): Record<string, unknown> | undefined {
  if (schema === undefined) return undefined;
  const result = z.safeParse(schema, value ?? {});
  if (result.success) return result.data;
  const problems: Problem[] = result.error.issues.map(({ path, message }) => ({
    path: [place, ...path].join('.'),
    message,
  }));
  throw new RadiographError('usage', problems);
}

/** The page gets this response's nonce, so that the component library may add its style elements. */
function serveEditor(app: Express, folder: string, access: Access): void {
  const page = join(folder, 'index.html');
  app.get(['/', '/index.html'], acceptToken(access), (_request, response) => {
    const html = existsSync(page) ? readFileSync(page, 'utf8') : '';
    response
      .type('html')
      .set('cache-control', 'no-store')
      .send(html.replaceAll('__NONCE__', response.locals.nonce));
  });
  const options = { index: false, dotfiles: 'deny', redirect: false } as const;
  app.use(
    '/assets',
    express.static(join(folder, 'assets'), { ...options, immutable: true, maxAge: '1y' }),
  );
  app.use((request, response) => {
    response.status(404).type('text').send(`nothing at ${request.path}\n`);
  });
}

const statusOf: { readonly [C in RadiographError['code']]: number } = {
  usage: 400,
  graph: 422,
  data: 422,
  node: 500,
  canceled: 409,
  mismatch: 409,
};

const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const { status, body } = describeError(error);
  response.status(status).set('cache-control', 'no-store').json(body);
};

function describeError(error: unknown): { status: number; body: object } {
  if (error instanceof HttpError) {
    const { status, code, message, problems, details } = error;
    return { status, body: { error: { code, message, problems }, ...details } };
  }
  if (error instanceof RadiographError) {
    const { code, message, problems } = error;
    return { status: statusOf[code], body: { error: { code, message, problems } } };
  }
  // Express's own refusals (body too large, broken JSON) carry a status.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  const message = error instanceof Error ? error.message : String(error);
  if (status >= 500) process.stderr.write(`${error instanceof Error ? error.stack : message}\n`);
  const code = status >= 500 ? 'internal' : 'usage';
  return { status, body: { error: { code, message, problems: [{ path: '', message }] } } };
}

/** The Express app: security first, then the API from its route table, then the editor's files. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, api } from '@radiograph/api';
import express, { type Express } from 'express';
import { answerError, bodyLimit } from './answer-error.ts';
import { HttpError } from './http-error.ts';
import { describeApi } from './openapi.ts';
import { artifactHandlers } from './routes/artifacts.ts';
import { cellHandlers } from './routes/cells.ts';
import { compareHandlers } from './routes/compare.ts';
import { graphHandlers } from './routes/graphs.ts';
import { queueHandlers, runHandlers } from './routes/runs.ts';
import { sessionHandlers } from './routes/session.ts';
import { sweepHandlers } from './routes/sweeps.ts';
import {
  type Access,
  acceptToken,
  checkHost,
  checkOrigin,
  checkToken,
  setHeaders,
} from './security.ts';
import { answer, type ServedRoute, serveTopic } from './serve-route.ts';
import type { Services } from './services.ts';

export type AppOptions = {
  readonly services: Services;
  readonly access: Access;
  /** The built editor; without it only the API is served. */
  readonly editorFolder: string | undefined;
};

/** Every route of the contract with what answers it. */
export function listRoutes(services: Services): readonly ServedRoute[] {
  const topics: { readonly [T in keyof Api]: readonly ServedRoute[] } = {
    session: serveTopic(api.session, sessionHandlers(services)),
    graphs: serveTopic(api.graphs, graphHandlers(services)),
    runs: serveTopic(api.runs, runHandlers(services)),
    queue: serveTopic(api.queue, queueHandlers(services)),
    artifacts: serveTopic(api.artifacts, artifactHandlers(services)),
    compare: serveTopic(api.compare, compareHandlers(services)),
    variants: serveTopic(api.variants, cellHandlers(services)),
    sweeps: serveTopic(api.sweeps, sweepHandlers(services)),
  };
  return Object.values(topics).flat();
}

/** Makes the app; it does not listen. */
export function createApp({ services, access, editorFolder }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(...setHeaders(), checkHost(access), checkOrigin(access));
  app.use('/api', checkToken(access), express.json({ limit: bodyLimit, strict: true }));
  const routes = listRoutes(services);
  for (const route of routes) app[route.method](route.path, answer(route));
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

/** Every refusal in the house's words: a place, what is expected there, what came. */
import type { Refusal } from '@radiograph/api';
import { RadiographError } from '@radiograph/graph';
import type { ErrorRequestHandler } from 'express';
import { HttpError } from './http-error.ts';

/** The largest request; a graph of 1,000 nodes has about 0.5 MB. */
export const bodyLimit = '8mb';

const statusOf: { readonly [C in RadiographError['code']]: number } = {
  usage: 400,
  graph: 422,
  data: 422,
  node: 500,
  canceled: 409,
  mismatch: 409,
};

/** Answers what a handler threw. Our bugs are logged. */
export const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const { status, body } = describeError(error);
  response.status(status).set('cache-control', 'no-store').json(body);
};

function describeError(error: unknown): { status: number; body: Refusal } {
  if (error instanceof HttpError) {
    const { status, code, message, problems, details } = error;
    return { status, body: { error: { code, message, problems: [...problems] }, ...details } };
  }
  if (error instanceof RadiographError) {
    const { code, message, problems } = error;
    return { status: statusOf[code], body: { error: { code, message, problems: [...problems] } } };
  }
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  if (status < 500) return { status, body: refuseBody(error, status) };
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${error instanceof Error ? error.stack : message}\n`);
  const said = message.startsWith('internal:') ? message : `internal: ${message}`;
  return {
    status: 500,
    body: { error: { code: 'internal', message: said, problems: [{ path: '', message: said }] } },
  };
}

/** Express's own refusals (body too large, broken JSON) carry a status and speak to programmers. */
function refuseBody(error: unknown, status: number): Refusal {
  const got = error instanceof Error ? error.message : String(error);
  const message =
    status === 413
      ? `expected at most ${bodyLimit} of JSON, got more`
      : `expected JSON in UTF-8, got: ${got}`;
  const problem = { path: 'body', message };
  return { error: { code: 'usage', message: `body: ${message}`, problems: [problem] } };
}

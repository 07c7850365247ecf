/**
 * Who may talk to the server. It listens on this machine only, but every web page and every user of the machine can reach that:
 * so a random token, the Host header (DNS rebinding) and the Origin of every request that changes something (CSRF) are checked.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { HttpError } from './http-error.ts';

export type Access = {
  readonly token: string;
  /** Accepted values of the Host header, with port; filled when the port is known. */
  readonly hosts: readonly string[];
};

/** 256 random bits for the address that is printed. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The names by which a browser may address the server. A wildcard address is reachable under every name of the machine. */
export function acceptedHosts(host: string, port: number): string[] {
  const names = new Set([host, '127.0.0.1', 'localhost', '[::1]']);
  return [...names].map(
    (name) => `${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`,
  );
}

/** Response headers: a strict content security policy with a fresh nonce per page, and helmet's other defaults. */
export function setHeaders(): RequestHandler[] {
  const createNonce: RequestHandler = (_request, response, next) => {
    response.locals.nonce = randomBytes(16).toString('base64');
    next();
  };
  const nonce = (_request: unknown, response: unknown) =>
    `'nonce-${(response as Response).locals.nonce}'`; // helmet hands on Express's response
  const policy = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", nonce],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false, // plain HTTP on this machine
    referrerPolicy: { policy: 'no-referrer' },
  });
  return [createNonce, policy];
}

/** Refuses requests addressed to another name: a page that points its own domain at 127.0.0.1. */
export function checkHost({ hosts }: Access): RequestHandler {
  return (request, _response, next) => {
    const host = request.headers.host ?? '';
    if (!hosts.includes(host))
      throw refuse(421, 'Host', `expected ${hosts[0]}, got ${host || 'none'}`);
    next();
  };
}

const safeMethods = new Set(['GET', 'HEAD']);

/** Refuses changes that do not come from the editor's own pages; a missing or `null` Origin is foreign. */
export function checkOrigin({ hosts }: Access): RequestHandler {
  return (request, _response, next) => {
    const origins = hosts.map((host) => `http://${host}`);
    const { origin } = request.headers;
    if (!safeMethods.has(request.method) && !origins.includes(origin ?? ''))
      throw refuse(403, 'Origin', `expected ${origins[0]}, got ${origin ?? 'none'}`);
    next();
  };
}

/** Refuses API calls without the token, as cookie or `Authorization: Bearer`. */
export function checkToken(access: Access): RequestHandler {
  return (request, _response, next) => {
    const given = bearerOf(request) ?? cookieOf(request, cookieName(request));
    if (given === undefined || !isEqual(given, access.token))
      throw refuse(
        401,
        'token',
        'expected the token of the printed address; open that address again',
      );
    next();
  };
}

/** `/?token=...` sets the cookie and redirects to the address without it, so that it stays out of history and bookmarks. */
export function acceptToken(access: Access): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const { token } = request.query;
    if (typeof token !== 'string') return next();
    if (isEqual(token, access.token)) {
      const options = { httpOnly: true, sameSite: 'strict', path: '/' } as const;
      response.cookie(cookieName(request), token, options);
    }
    response.redirect(303, request.path);
  };
}

// Cookies are shared by all ports of a host: the name keeps two servers apart.
function cookieName(request: Request): string {
  return `radiograph_${request.socket.localPort}`;
}

function cookieOf({ headers }: Request, name: string): string | undefined {
  return (headers.cookie ?? '')
    .split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

function bearerOf({ headers }: Request): string | undefined {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(status: number, path: string, message: string): HttpError {
  return new HttpError(status, { code: 'refused', problem: { path, message } });
}

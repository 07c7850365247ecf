/** Every route of the table against wrong hosts, foreign pages, missing tokens and paths that lead outside: a new route is in it by itself. */
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument, printDocument } from '@radiograph/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listRoutes } from './app.ts';
import type { Services } from './services.ts';
import { openTestServer } from './testing/open-server.ts';

const small = printDocument(
  parseDocument(JSON.stringify({ format: 'radiograph/1', name: 'small', nodes: {} })),
);

type TestServer = Awaited<ReturnType<typeof openTestServer>>;
let place: TestServer;
beforeAll(async () => {
  place = await openTestServer({ 'small.graph.json': small });
});
afterAll(() => place.server().close());

describe('security', () => {
  // The table of routes needs services only when a route is called.
  const routes = [
    ...listRoutes({} as Services),
    { method: 'get', path: '/api/openapi.json' },
    { method: 'get', path: '/api/unknown' },
  ].map(({ method, path }) => ({
    method: method.toUpperCase(),
    path: path.replace(':digest', 'a'.repeat(64)).replace(/:\w+/g, 'x'),
  }));

  test.each(routes)(
    '$method $path refuses wrong hosts and callers without the token',
    async (route) => {
      const { method, path } = route;
      const call = (headers: Record<string, string | undefined>) =>
        place.call(path, { method, headers });

      for (const host of ['evil.example', 'evil.example:80', '127.0.0.1', undefined])
        expect((await call({ host })).status, `host ${host}`).toSatisfy(
          (s) => s === 421 || s === 400,
        );
      for (const authorization of [undefined, 'Bearer wrong', `Basic ${place.server().token}`])
        expect((await call({ authorization })).status, `${authorization}`).toBe(401);
    },
  );

  test.each(routes.filter(({ method }) => method !== 'GET'))(
    '$method $path refuses a foreign, null or missing Origin',
    async ({ method, path }) => {
      const sameHostOtherPort = 'http://127.0.0.1:1';
      for (const origin of ['http://evil.example', 'null', sameHostOtherPort, undefined]) {
        const reply = await place.call(path, { method, headers: { origin }, body: {} });
        expect(reply.status, `origin ${origin}`).toBe(403);
      }
    },
  );

  const all = listRoutes({} as Services);
  const climbs = ['../../etc/passwd', '..%2f..%2fetc%2fpasswd', '%2e%2e%2f%2e%2e%2fetc%2fpasswd'];

  test.each(all.filter(({ params }) => params !== undefined))(
    '$method $path answers no place outside its folder',
    async ({ method, path }) => {
      for (const climb of climbs) {
        const at = path.replace(/:\w+/g, climb);
        const reply = await place.call(
          at,
          method === 'get' ? {} : { method: method.toUpperCase(), body: {} },
        );
        expect(reply.status, at).toSatisfy((status) => status >= 400 && status < 500);
        expect(reply.text).not.toContain('root:');
      }
    },
  );

  const fieldOf = ({ query, body }: (typeof all)[number]) =>
    query !== undefined && 'path' in query.shape
      ? 'query'
      : body && 'path' in body.shape
        ? 'body'
        : undefined;

  test.each(all.filter((route) => fieldOf(route) !== undefined))(
    '$method $path takes paths of the workspace alone, also through links',
    async (route) => {
      const outside = mkdtempSync(join(tmpdir(), 'radiograph-outside-'));
      writeFileSync(join(outside, 'secret.graph.json'), small);
      const link = `link-${route.method}-${route.path.replaceAll('/', '-')}`;
      symlinkSync(outside, join(place.workspace, link));
      const wanted = [
        join(outside, 'secret.graph.json'),
        '../secret.graph.json',
        `${link}/secret.graph.json`,
      ];
      for (const path of wanted) {
        const query = fieldOf(route) === 'query' ? `?path=${encodeURIComponent(path)}` : '';
        const body = {
          text: small,
          request: {},
          revision: null,
          ...(fieldOf(route) === 'body' ? { path } : {}),
        };
        const fields = Object.keys(route.body?.shape ?? {});
        const given = Object.fromEntries(
          Object.entries(body).filter(([name]) => fields.includes(name)),
        );
        const call =
          route.method === 'get' ? {} : { method: route.method.toUpperCase(), body: given };
        expect((await place.call(`${route.path}${query}`, call)).status, path).toBe(403);
      }
      expect(readdirSync(outside)).toEqual(['secret.graph.json']);
    },
  );

  test('the printed address sets a strict cookie and leaves the token out of the address', async () => {
    const reply = await place.call('/api/session', {
      headers: { authorization: undefined, cookie: `radiograph_1=${place.server().token}` },
    });
    expect(reply.status).toBe(401); // the cookie of another port
    const { port } = new URL(place.server().origin);
    const good = {
      authorization: undefined,
      cookie: `a=b; radiograph_${port}=${place.server().token}`,
    };
    expect((await place.call('/api/session', { headers: good })).status).toBe(200);
  });

  test('every answer has a content security policy without unsafe-inline, and no CORS', async () => {
    const { headers } = await place.call('/api/session');

    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none';script-src 'self';style-src 'self' 'nonce-/,
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  test('paths stay inside the workspace, also through links', async () => {
    const outside = join(place.workspace, '..', `outside-${process.pid}`);
    mkdirSync(outside, { recursive: true });
    writeFileSync(join(outside, 'secret.graph.json'), small);
    symlinkSync(outside, join(place.workspace, 'link'));
    symlinkSync(join(outside, 'secret.graph.json'), join(place.workspace, 'alias.graph.json'));
    for (const path of [
      `../outside-${process.pid}/secret.graph.json`,
      join(outside, 'secret.graph.json'),
      'link/secret.graph.json',
      'link/new.graph.json',
      'alias.graph.json',
      'a/../../x.graph.json',
    ]) {
      const at = `/api/graph?path=${encodeURIComponent(path)}`;
      expect((await place.call(at)).status, path).toBe(403);
      const write = { method: 'PUT', body: { text: small, revision: null } };
      expect((await place.call(at, write)).status, path).toBe(403);
    }
    expect(readdirSync(outside)).toEqual(['secret.graph.json']);
    for (const path of ['package.json', 'small.graph.json%00', '/etc/passwd'])
      expect((await place.call(`/api/graph?path=${path}`)).status, path).toBe(400);
    for (const id of ['..%2f..%2fetc', '%2e%2e'])
      expect((await place.call(`/api/runs/${id}/events`)).status, id).toSatisfy(
        (s) => s >= 400 && s < 500,
      );
  });

  test('bodies are limited and must be JSON', async () => {
    const at = '/api/check';
    expect((await place.call(at, { method: 'POST', body: 'x'.repeat(9 << 20) })).status).toBe(413);
    expect((await place.call(at, { method: 'POST', body: '{"text":' })).status).toBe(400);
    const wrong = await place.call(at, { method: 'POST', body: { txt: 1 } });
    expect(wrong.status).toBe(400);
    expect(wrong.json()).toMatchObject({
      error: { problems: [{ path: 'body.text' }, { path: 'body' }] },
    });
  });
});

describe('the pages of the editor', () => {
  let pages: TestServer;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'radiograph-pages-'));
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<meta name="csp-nonce" content="__NONCE__">');
    writeFileSync(join(folder, 'assets', 'main.js'), 'radiograph()');
    writeFileSync(join(folder, 'assets', '.hidden'), 'hidden');
    writeFileSync(join(folder, 'secret.txt'), 'secret');
    pages = await openTestServer({ 'small.graph.json': small }, folder);
  });
  afterAll(() => pages.server().close());

  const noToken = { authorization: undefined, origin: undefined };

  test('are served without the token, which they neither need nor tell, and refused to other hosts', async () => {
    for (const path of ['/', '/index.html', '/assets/main.js']) {
      const reply = await pages.call(path, { headers: noToken });
      expect(reply.status, path).toBe(200);
      expect(reply.text).not.toContain(pages.server().token);
      for (const host of ['evil.example', undefined])
        expect((await pages.call(path, { headers: { host } })).status, path).toBeOneOf([400, 421]);
    }
  });

  test('have a new nonce each time, the one that their policy names', async () => {
    const nonces = [1, 2].map(async () => {
      const { text, headers } = await pages.call('/', { headers: noToken });
      const nonce = /content="([^"]+)"/.exec(text)![1]!;
      expect(headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
      return nonce;
    });
    const [a, b] = await Promise.all(nonces);
    expect(a).not.toBe(b);
  });

  test('list no folder, and give nothing that lies beside the assets', async () => {
    const wanted = [
      '/assets',
      '/assets/',
      '/assets/.hidden',
      '/assets/../secret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/..%2fsecret.txt',
      '/secret.txt',
      '/small.graph.json',
      '/.radiograph/',
    ];
    for (const path of wanted) {
      const reply = await pages.call(path, { headers: noToken });
      expect(reply.status, path).toSatisfy((status) => status >= 400 && status < 500);
      expect(reply.text, path).not.toMatch(/main\.js|secret$|^hidden/);
    }
  });

  test('the token of the printed address becomes a cookie and leaves the address; a wrong one sets none', async () => {
    const { token, origin } = pages.server();
    const right = await pages.call(`/?token=${token}`, { headers: noToken });
    const wrong = await pages.call('/?token=wrong', { headers: noToken });

    expect([right.status, right.headers.location]).toEqual([303, '/']);
    expect(right.headers['set-cookie']).toEqual([
      `radiograph_${new URL(origin).port}=${token}; Path=/; HttpOnly; SameSite=Strict`,
    ]);
    expect(wrong.headers['set-cookie']).toBeUndefined();
  });
});

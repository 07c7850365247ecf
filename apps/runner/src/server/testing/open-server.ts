/** A server on a temporary workspace, and a client that can send what no browser would. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../start-server.ts';

export const workerEntry = fileURLToPath(new URL('../../../bin/worker.js', import.meta.url));

export type Reply = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The parsed body; tests know what they asked for. */
  readonly json: () => never;
};
export type Call = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
};

/** Starts a server whose workspace holds `graphs` (text by path), with the pages of `editorFolder` if there is one. */
export async function openTestServer(
  graphs: Readonly<Record<string, string>>,
  editorFolder?: string,
) {
  const workspace = mkdtempSync(join(tmpdir(), 'radiograph-server-'));
  for (const [path, text] of Object.entries(graphs)) {
    mkdirSync(join(workspace, path, '..'), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const home = join(workspace, '.radiograph');
  const options = { workspace, home, host: '127.0.0.1', port: 0, version: '0', firstGraph: null };
  const open = () => startServer({ ...options, editorFolder, workerEntry });
  let server = await open();
  return {
    workspace,
    home,
    server: () => server,
    call: (path: string, call: Call = {}) => send(server, path, call),
    /** Closes the server and starts another on the same folder. */
    async restart() {
      await server.close();
      server = await open();
    },
  };
}

type Server = Awaited<ReturnType<typeof startServer>>;

function send(
  server: Server,
  path: string,
  { method = 'GET', headers = {}, body }: Call,
): Promise<Reply> {
  const { hostname, port, host, origin } = new URL(server.origin);
  const text =
    body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const all = {
    host,
    origin: method === 'GET' ? undefined : origin,
    authorization: `Bearer ${server.token}`,
    'content-type': text === undefined ? undefined : 'application/json',
    ...headers,
  };
  const present = Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method, headers: present, setHost: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const content = Buffer.concat(chunks).toString();
          const json = () => JSON.parse(content) as never;
          resolve({ status: response.statusCode!, headers: response.headers, text: content, json });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

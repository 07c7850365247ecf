import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataError, RadiographError } from '@radiograph/graph';
import type { EngineName } from '@radiograph/tensor';
import { findHome } from '../open-graph.ts';
import { buildEditor } from '../server/build-editor.ts';
import { startServer } from '../server/start-server.ts';
import { listenForCancel } from '../terminal/listen-for-cancel.ts';

export type ServeFlags = {
  readonly host: string;
  readonly port: string;
  readonly tokenFile?: string;
  readonly engine: EngineName;
};

const workerEntry = fileURLToPath(new URL('../../bin/worker.js', import.meta.url));
const loopback = new Set(['127.0.0.1', 'localhost', '::1']);
const defaultGraph = 'examples/quickstart.graph.json';

/** `radiograph serve`: the editor on this machine, until Ctrl-C. */
export async function serveCommand(graph: string | undefined, flags: ServeFlags): Promise<number> {
  const port = parsePort(flags.port);
  const token = readToken(flags);
  const server = await startServer({
    workspace: process.cwd(),
    home: findHome(),
    host: flags.host,
    port,
    engine: flags.engine,
    version: readVersion(),
    firstGraph: findFirstGraph(graph),
    editorFolder: await buildEditor((line) => process.stderr.write(`${line}\n`)),
    workerEntry,
    ...(token === undefined ? {} : { token }),
  });
  console.log(`Radiograph: ${token === undefined ? server.address : server.origin}`);
  if (token !== undefined) console.log(`add ?token= and the content of ${flags.tokenFile}`);
  if (!loopback.has(flags.host)) console.log(explainExposure(flags.host));
  console.log('Ctrl-C stops it; a run that is going on is continued at the next start.');
  await untilCanceled();
  await server.close();
  return 0;
}

function readVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version; // our own file
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  throw new RadiographError('usage', {
    path: '--port',
    message: `expected 0 to 65535 (0 picks a free port), got ${text}`,
  });
}

/** Beyond this machine the token must be one that was chosen and kept, not one that scrolls by. */
function readToken({ host, tokenFile }: ServeFlags): string | undefined {
  if (tokenFile === undefined) {
    if (loopback.has(host)) return undefined;
    throw new RadiographError('usage', {
      path: '--host',
      message: `expected --token-file with it (others can reach ${host}), got none`,
    });
  }
  const token = readTokenFile(tokenFile);
  if (token.length >= 32) return token;
  throw new RadiographError('usage', {
    path: '--token-file',
    message: `expected at least 32 characters in ${tokenFile}, got ${token.length}`,
  });
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RadiographError(
      'usage',
      { path: '--token-file', message: `expected a file of at least 32 characters, got ${why}` },
      { cause },
    );
  }
}

/** The graph to open first, by its path in the workspace. @throws if it is not there, or not in the workspace. */
function findFirstGraph(graph: string | undefined): string | null {
  if (graph === undefined) return existsSync(defaultGraph) ? defaultGraph : null;
  if (!existsSync(graph)) throw dataError(graph, 'expected a graph file, got nothing');
  const workspace = realpathSync(process.cwd());
  const path = relative(workspace, realpathSync(graph));
  // On Windows a path of another drive stays whole.
  if (path !== '' && !isAbsolute(path) && path.split(sep)[0] !== '..')
    return path.split(sep).join('/');
  const folder = dirname(resolve(graph));
  const message = `expected a graph in ${workspace} or below, got one in ${folder}: start radiograph serve there`;
  throw new RadiographError('usage', { path: graph, message });
}

function explainExposure(host: string): string {
  return [
    `Everyone who can reach ${host} and has the token can:`,
    '  read and change the graph files below this folder, and start and cancel runs,',
    '  which read the data files that graphs name. The connection is not encrypted: use a tunnel or a proxy with TLS.',
  ].join('\n');
}

function untilCanceled(): Promise<void> {
  const { signal } = listenForCancel('stopping: a run that is going on stops at its next batch');
  return new Promise((resolvePromise) =>
    signal.addEventListener('abort', () => resolvePromise(), { once: true }),
  );
}

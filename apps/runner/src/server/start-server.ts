/** Opens everything that the server works with, and listens. */
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeNodeType } from '@radiograph/graph';
import { openQueue, openStore, QueueRunner } from '@radiograph/runtime';
import type { EngineName } from '@radiograph/tensor';
import { printEviction, readCacheBudget } from '../cache-budget.ts';
import { nodePackages, registry } from '../registry.ts';
import { openActivity } from './activity.ts';
import { createApp } from './app.ts';
import { listen } from './listen.ts';
import { createArtifactCache } from './previews/artifact-cache.ts';
import { acceptedHosts, createToken } from './security.ts';
import { showQueueOf } from './show-queue.ts';
import { openGraphFiles } from './workspace/graph-files.ts';

export type ServerOptions = {
  /** The folder whose graphs are edited. */
  readonly workspace: string;
  readonly home: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly version: string;
  /** Who computes the runs that are started here; default ONNX Runtime on the CPU. */
  readonly engine?: EngineName;
  readonly token?: string;
  readonly firstGraph: string | null;
  readonly editorFolder: string | undefined;
  readonly workerEntry: string;
};

/** A server that listens. `address` holds the token: whoever has it may do everything. */
export type RunningServer = {
  readonly address: string;
  readonly origin: string;
  readonly token: string;
  readonly close: () => Promise<void>;
};

/** Starts the server. @throws {RadiographError} code `usage` if port or host cannot be had; nothing of the queue runs then. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { workspace, home, host, version, firstGraph, editorFolder, workerEntry } = options;
  const { engine = 'ort' } = options;
  const files = openGraphFiles(workspace, home);
  const activity = openActivity();
  const store = openStore(home);
  const queue = openQueue(home);
  const showQueue = showQueueOf(await realpath(workspace));
  const token = options.token ?? createToken();
  const hosts: string[] = [];
  const app = createApp({
    editorFolder,
    access: { token, hosts },
    services: {
      version,
      workspace,
      home,
      engine,
      firstGraph,
      packages: nodePackages,
      registry,
      descriptions: registry.list().map(describeNodeType),
      files,
      store,
      loadArtifact: createArtifactCache(store),
      queue,
      showQueue,
      activity,
    },
  });
  const server = createServer(app);
  await listen(server, options);
  // Only now: where the port is taken, a runner would keep this process alive and go on with the queue unseen.
  const runner = new QueueRunner({
    queue,
    packages: nodePackages,
    workerEntry,
    maxCacheBytes: readCacheBudget(),
    onEvict(eviction) {
      const evicted = printEviction(eviction);
      if (evicted !== undefined) process.stderr.write(`${evicted}\n`);
    },
    onChange: (change) =>
      activity.publish(
        change.type === 'queue' ? { ...change, queue: showQueue(change.queue) } : change,
      ),
  });
  const { port } = server.address() as AddressInfo; // a TCP server has one
  hosts.push(...acceptedHosts(host, port)); // the port is known only now
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    address: `${origin}/?token=${token}`,
    origin,
    token,
    async close() {
      activity.close();
      await runner.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

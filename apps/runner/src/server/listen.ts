/** Takes the address that was asked for, or says why it cannot be had. */
import type { Server } from 'node:http';
import { type Problem, RadiographError } from '@radiograph/graph';

type Address = { readonly host: string; readonly port: number };

const unknownHost = ({ host }: Address): Problem => ({
  path: '--host',
  message: `expected a name or an address of this machine, got ${host}`,
});

const faults: Readonly<Record<string, (address: Address) => Problem>> = {
  EADDRINUSE: ({ port }) => ({
    path: '--port',
    message: `expected a free port, got ${port}, which another program has (a second radiograph serve?): take another, or --port 0 for any free one`,
  }),
  EACCES: ({ port }) => ({
    path: '--port',
    message: `expected a port that this user may listen on, got ${port}: take one from 1024 up`,
  }),
  EADDRNOTAVAIL: ({ host }) => ({
    path: '--host',
    message: `expected an address of this machine, got ${host}`,
  }),
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
};

/** @throws {RadiographError} code `usage` if port or host cannot be had. */
export function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const fault = faults[error.code ?? '']?.({ host, port });
      reject(fault === undefined ? error : new RadiographError('usage', fault, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

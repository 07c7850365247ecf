import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { listen } from './listen.ts';

/** What the system says of an address, before it can be had. */
async function failWith(code: string) {
  const server = createServer();
  const listening = listen(server, { host: '127.0.0.1', port: 0 });
  server.emit('error', Object.assign(new Error(`listen ${code}`), { code }));
  try {
    await listening;
  } finally {
    server.close();
  }
}

describe('listen', () => {
  test.each([
    ['EADDRINUSE', '--port: expected a free port, got 0, which another program has'],
    [
      'EACCES',
      '--port: expected a port that this user may listen on, got 0: take one from 1024 up',
    ],
    ['EADDRNOTAVAIL', '--host: expected an address of this machine, got 127.0.0.1'],
    ['ENOTFOUND', '--host: expected a name or an address of this machine, got 127.0.0.1'],
    ['EAI_AGAIN', '--host: expected a name or an address of this machine, got 127.0.0.1'],
    ['EMFILE', 'listen EMFILE'],
  ])('%s names the flag that is wrong and what would be accepted', async (code, message) => {
    await expect(failWith(code)).rejects.toThrow(message);
  });
});

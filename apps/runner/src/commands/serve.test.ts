import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { serveCommand } from './serve.ts';

const bin = fileURLToPath(new URL('../../bin/radiograph.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'radiograph-serve-'));
const token = 'a token that was chosen and kept by somebody';
writeFileSync(join(folder, 'token'), `${token}\n`);
writeFileSync(join(folder, 'short'), 'too short');

/** What `radiograph serve` prints until it listens, or ends. */
async function serve(...flags: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [bin, 'serve', '--port', '0', ...flags], { cwd: folder });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      text += data.toString();
      if (text.includes('Ctrl-C')) child.kill('SIGTERM');
    });
  const [code] = await once(child, 'close');
  return `${text}ended with ${code}`;
}

describe('radiograph serve', () => {
  test('listens on this machine alone unless a host is named, which needs a token that was chosen', async () => {
    const [port, engine] = ['0', 'ort'] as const;
    await expect(serveCommand(undefined, { host: '0.0.0.0', port, engine })).rejects.toThrow(
      '--host: expected --token-file with it (others can reach 0.0.0.0), got none',
    );
    const short = { host: '0.0.0.0', port, engine, tokenFile: join(folder, 'short') };
    await expect(serveCommand(undefined, short)).rejects.toThrow('expected at least 32 characters');
    expect(await serve('--host', '192.0.2.1')).toMatch(/--token-file.*ended with 2$/s);
    expect(await serve()).toMatch(/Radiograph: http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n/);
  });

  test('a port that is taken or a host that is elsewhere ends it with what to do instead', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo; // a TCP server has one
    const taken = await serve('--port', String(port));
    other.close();

    expect(taken).toContain(
      `--port: expected a free port, got ${port}, which another program has (a second radiograph serve?): take another, or --port 0 for any free one\nended with 2`,
    );
    expect(await serve('--host', '192.0.2.1', '--token-file', 'token')).toContain(
      '--host: expected an address of this machine, got 192.0.2.1\nended with 2',
    );
  });

  test('says what a host exposes, and never prints a token that was chosen', async () => {
    const said = await serve('--host', '0.0.0.0', '--token-file', 'token');

    expect(said).toContain('Everyone who can reach 0.0.0.0 and has the token can:');
    expect(said).toContain('The connection is not encrypted');
    expect(said).not.toContain(token);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { thisProcess } from './process-identity.ts';
import type { LeaseHolder } from './signature.ts';
import { acquireLease } from './step-lease.ts';

const { signal } = new AbortController();

function writeLease(home: string, holder: Partial<LeaseHolder> | string): void {
  mkdirSync(join(home, 'store/leases'), { recursive: true });
  const whole = { ...thisProcess, token: 'other', ...(holder as object) };
  const text = typeof holder === 'string' ? holder : JSON.stringify(whole);
  writeFileSync(join(home, 'store/leases/k.lease'), text);
}

describe('acquireLease', () => {
  test('[E17] one at a time holds a step; the next gets it when it is given back, and is told who has it', async () => {
    const home = createTemporaryFolder();
    const order: string[] = [];
    const holders: number[] = [];
    const work = async (name: string) => {
      const onWait = ({ pid }: LeaseHolder) => holders.push(pid);
      const lease = await acquireLease({ home, key: 'k', signal, onWait });
      order.push(`${name} in`);
      await new Promise((done) => setTimeout(done, 30));
      order.push(`${name} out`);
      lease.release();
    };
    await Promise.all(['a', 'b', 'c'].map(work));

    for (let i = 0; i < 6; i += 2) expect(order[i + 1]).toBe(order[i]!.replace('in', 'out'));
    expect(new Set(holders)).toEqual(new Set([process.pid]));
    expect(readdirSync(join(home, 'store/leases'))).toEqual([]);
  });

  test('[E18] the lease of a process that is gone is taken over at once, also where its id was given out again', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const { pid } = child;
    await once(child, 'exit');
    for (const gone of [{ pid: pid! }, { born: 'another birth' }]) {
      const home = createTemporaryFolder();
      writeLease(home, gone);
      const waits: LeaseHolder[] = [];
      const lease = await acquireLease({ home, key: 'k', signal, onWait: (h) => waits.push(h) });
      expect(waits).toEqual([]);
      lease.release();
    }
  });

  test('[E34] leases are links to one file of their process, and the file of a process that is gone is cleared', async () => {
    const home = createTemporaryFolder();
    const holders = join(home, 'store/holders');
    mkdirSync(holders, { recursive: true });
    writeFileSync(join(holders, 'dead.json'), JSON.stringify({ ...thisProcess, born: 'earlier' }));
    const [a, b] = await Promise.all(
      ['a', 'b'].map((key) => acquireLease({ home, key, signal, onWait: () => {} })),
    );
    const files = readdirSync(holders);
    expect(files).toHaveLength(1);
    const own = statSync(join(holders, files[0]!));
    expect(statSync(join(home, 'store/leases/b.lease')).ino).toBe(own.ino);
    expect(own.nlink).toBe(3);
    a!.release();
    b!.release();
    expect(statSync(join(holders, files[0]!)).nlink).toBe(1);
  });

  test('[E19] a holder on another host, or an unreadable lease, is dead after a silence by our own clock', async () => {
    for (const holder of [{ machine: 'another', host: 'node17' }, '{"host":"no']) {
      const home = createTemporaryFolder();
      writeLease(home, holder);
      const waits: string[] = [];
      const onWait = ({ host }: LeaseHolder) => waits.push(host);
      const lease = await acquireLease({ home, key: 'k', signal, onWait, silenceMs: 200 });
      expect(waits).toEqual([typeof holder === 'string' ? 'unknown' : 'node17']);
      lease.release();
      expect(existsSync(join(home, 'store/leases/k.lease'))).toBe(false);
    }
  });

  test('[E20] waiting ends when the run is canceled', async () => {
    const home = createTemporaryFolder();
    writeLease(home, {});
    const controller = new AbortController();
    const onWait = () => controller.abort();
    await expect(
      acquireLease({ home, key: 'k', signal: controller.signal, onWait }),
    ).rejects.toThrow();
  });
});

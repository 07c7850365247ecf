import { describe, expect, test } from 'vitest';
import { type Renaming, renameFile } from './rename.ts';

/** A system that refuses the first renames by a code. */
function fakeSystem(platform: NodeJS.Platform, code: string, refusals: number) {
  const waits: number[] = [];
  let asked = 0;
  const system: Renaming = {
    platform,
    rename: async () => {
      if (asked++ < refusals) throw Object.assign(new Error(code), { code });
    },
    wait: async (ms) => void waits.push(ms),
  };
  return { system, waits, asked: () => asked };
}

describe('renaming', () => {
  test.each(['EPERM', 'EACCES', 'EBUSY'])(
    'waits on Windows until nobody has the file open any more (%s)',
    async (code) => {
      const { system, waits, asked } = fakeSystem('win32', code, 3);
      await renameFile('from', 'to', system);

      expect([waits, asked()]).toEqual([[5, 10, 20], 4]);
    },
  );

  test('gives up when a file stays open, with what the system says', async () => {
    const { system, asked } = fakeSystem('win32', 'EPERM', 100);

    await expect(renameFile('from', 'to', system)).rejects.toThrow('EPERM');
    expect(asked()).toBe(8);
  });

  test('a refusal is final on other systems, and for other reasons', async () => {
    const linux = fakeSystem('linux', 'EPERM', 1);
    await expect(renameFile('from', 'to', linux.system)).rejects.toThrow('EPERM');
    const full = fakeSystem('win32', 'ENOSPC', 1);
    await expect(renameFile('from', 'to', full.system)).rejects.toThrow('ENOSPC');

    expect([linux.waits, full.waits]).toEqual([[], []]);
  });
});

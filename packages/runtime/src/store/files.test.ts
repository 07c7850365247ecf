import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { replaceDurably } from './files.ts';

describe('replaceDurably', () => {
  test('[E101] a file of the user keeps its mode, its owner and its links, and nothing is left beside it', async () => {
    const folder = createTemporaryFolder();
    const [file, link] = [join(folder, 'a.json'), join(folder, 'link.json')];
    writeFileSync(file, 'old');
    symlinkSync('a.json', link);
    chmodSync(file, 0o640);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(file, 1234, 4321);
    const { uid, gid } = statSync(file);

    await replaceDurably(link, 'new');

    const after = statSync(file);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect([after.mode & 0o7777, after.uid, after.gid]).toEqual([0o640, uid, gid]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'link.json']);
  });

  test('[E101] a new file has the mode that any program would give it', async () => {
    const folder = createTemporaryFolder();
    writeFileSync(join(folder, 'plain'), '');
    await replaceDurably(join(folder, 'new'), 'new');

    expect(statSync(join(folder, 'new')).mode).toBe(statSync(join(folder, 'plain')).mode);
  });
});

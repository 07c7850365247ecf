import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { testPackages } from '../testing/nodes.ts';
import { createImplementationDigests } from './implementation-digest.ts';
import { resolveDataPath } from './resolve-path.ts';
import { openSourceDigests } from './source-digest.ts';

const long = new Date('2020-01-01T00:00:00Z');

describe('openSourceDigests', () => {
  test('[A8] a digest depends on names and content, not on where the folder is', async () => {
    const folder = createTemporaryFolder();
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name, 'deep'), { recursive: true });
      writeFileSync(join(folder, name, 'deep/a.txt'), 'same');
    }
    const { digest } = await openSourceDigests(folder);
    const before = await digest(join(folder, 'one'));
    expect(await digest(join(folder, 'two'))).toBe(before);
    writeFileSync(join(folder, 'two/b.txt'), '');
    expect(await digest(join(folder, 'two'))).not.toBe(before);
    await expect(digest(join(folder, 'three'))).rejects.toThrow(
      'three: expected a file or folder, got nothing',
    );
  });

  test('[A9] a file of known size and time is not read again; a fresh one is never taken for known', async () => {
    const home = createTemporaryFolder();
    const path = join(home, 'a.bin');
    const digestNow = async () => {
      const sources = await openSourceDigests(home);
      const found = await sources.digest(path);
      await sources.save();
      return found;
    };
    writeFileSync(path, 'aaaa');
    const fresh = await digestNow();
    writeFileSync(path, 'bbbb');
    expect(await digestNow()).not.toBe(fresh);

    utimesSync(path, long, long);
    const settled = await digestNow();
    writeFileSync(path, 'cccc');
    utimesSync(path, long, long);
    expect(await digestNow()).toBe(settled); // same size and time: the cache answers
    expect(readFileSync(join(home, 'sources.json'), 'utf8')).toContain('a.bin');
  });
});

describe('createImplementationDigests', () => {
  test('[A10] changes with the sources and not with tests', async () => {
    const folder = createTemporaryFolder();
    const digestNow = () =>
      createImplementationDigests([{ ...testPackages[0]!, sourceFolders: [folder] }])(
        'test.number',
      );
    writeFileSync(join(folder, 'node.ts'), 'one');
    const before = await digestNow();
    writeFileSync(join(folder, 'node.test.ts'), 'a test');
    expect(await digestNow()).toBe(before);
    writeFileSync(join(folder, 'node.ts'), 'two');
    expect(await digestNow()).not.toBe(before);
  });
});

describe('resolveDataPath', () => {
  test('[A11] paths are relative to the graph file, or below the data folder', () => {
    const graph = '/work/graphs/a.graph.json';
    expect(resolveDataPath('../images', graph)).toBe('/work/images');
    expect(resolveDataPath('/data/x', graph)).toBe('/data/x');
    expect(resolveDataPath('$RADIOGRAPH_DATA/x/y', graph, { RADIOGRAPH_DATA: '/mnt' })).toBe(
      '/mnt/x/y',
    );
  });

  test('[A11] without the variable the nearest shared/data serves, and none is an error that names the variable', () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'shared/data'), { recursive: true });
    const graph = join(folder, 'project/examples/a.graph.json');
    expect(resolveDataPath('$RADIOGRAPH_DATA/x', graph, {})).toBe(join(folder, 'shared/data/x'));
    expect(() => resolveDataPath('$RADIOGRAPH_DATA/x', '/nowhere/a.json', {})).toThrow(
      'expected the environment variable RADIOGRAPH_DATA',
    );
  });
});

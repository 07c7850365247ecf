import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder } from '@radiograph/testing';
import { describe, expect, test, vi } from 'vitest';
import { testPackages } from '../testing/nodes.ts';
import { withCompanions } from './companions.ts';
import { parseFileTable, printFileTable } from './file-table.ts';
import { createImplementationDigests } from './implementation-digest.ts';
import { findImports } from './imports.ts';
import { resolveModule } from './resolve-module.ts';
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
    const { digest } = openSourceDigests(folder);
    const before = await digest(join(folder, 'one'));
    expect(await digest(join(folder, 'two'))).toBe(before);
    writeFileSync(join(folder, 'two/b.txt'), '');
    expect(await digest(join(folder, 'two'))).not.toBe(before);
    await expect(digest(join(folder, 'three'))).rejects.toThrow(
      'three: expected a file or folder, got nothing',
    );
  });

  /** A new process, a while later: files have settled. */
  const digestLater = async (home: string, path: string) => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
    const sources = openSourceDigests(home);
    const found = await sources.digest(path);
    await sources.save();
    clock.mockRestore();
    return found;
  };
  /** Puts another digest for every file into the caches, to see who is asked. */
  const forgeCaches = (home: string) => {
    for (const file of readdirSync(join(home, 'sources'))) {
      const path = join(home, 'sources', file);
      const table = parseFileTable(readFileSync(path))!;
      writeFileSync(
        path,
        printFileTable({ ...table, digests: table.digests.map((byte) => (byte === 0 ? 0 : 7)) }),
      );
    }
  };

  test('[A9] a file whose size, times and inode are known is not read again; a fresh one is never taken for known', async () => {
    const home = createTemporaryFolder();
    const path = join(home, 'a.bin');
    writeFileSync(path, 'aaaa');
    const sources = openSourceDigests(home);
    const fresh = await sources.digest(path);
    await sources.save();
    forgeCaches(home);
    expect(await digestLater(home, path)).toBe(fresh); // it had just been written, so it was read again

    forgeCaches(home);
    expect(await digestLater(home, path)).not.toBe(fresh); // the cache answers
  });

  test('[A9] other content of the same size and modification time is another file', async () => {
    const home = createTemporaryFolder();
    const path = join(home, 'a.bin');
    writeFileSync(path, 'aaaa');
    utimesSync(path, long, long);
    const before = await digestLater(home, path);
    writeFileSync(path, 'bbbb'); // in place: the inode stays
    utimesSync(path, long, long);
    const second = await digestLater(home, path);
    writeFileSync(join(home, 'copy'), 'cccc');
    utimesSync(join(home, 'copy'), long, long);
    renameSync(join(home, 'copy'), path);

    expect(new Set([before, second, await digestLater(home, path)]).size).toBe(3);
  });

  test('[A9] listed files count by content and order; one that is missing counts as missing', async () => {
    const home = createTemporaryFolder();
    const folder = createTemporaryFolder();
    for (const name of ['a', 'b', 'other']) writeFileSync(join(folder, name), name);
    let asked = 0;
    const digestOf = async (names: readonly string[], id = names.join()) => {
      const sources = openSourceDigests(home);
      const list = async () => {
        asked++;
        return names;
      };
      const digest = await sources.digestList({ id, folder, list, isStable: true });
      await sources.save();
      return digest;
    };
    const before = await digestOf(['a', 'b']);
    expect(await digestOf(['b', 'a'])).not.toBe(before);
    expect([await digestOf(['a', 'b']), asked]).toEqual([before, 2]); // what is listed is remembered
    writeFileSync(join(folder, 'other'), 'changed');
    expect(await digestOf(['a', 'b'])).toBe(before);
    rmSync(join(folder, 'b'));
    const missing = await digestOf(['a', 'b']);
    expect(missing).not.toBe(before);
    writeFileSync(join(folder, 'b'), 'b');
    expect(await digestOf(['a', 'b'])).toBe(before);
  });

  test('[A9] thousands of files are read in threads, to the same digest', async () => {
    const home = createTemporaryFolder();
    const folder = createTemporaryFolder();
    const names = Array.from({ length: 2_100 }, (_, i) => `${i}.bin`);
    for (const name of names) writeFileSync(join(folder, name), name);
    const lines = names.map(
      (name) => `${name}\0${createHash('sha256').update(name).digest('hex')}`,
    );

    const { digestList } = openSourceDigests(home);
    expect(await digestList({ id: 'many', folder, list: async () => names, isStable: true })).toBe(
      createHash('sha256').update(lines.join('\n')).digest('hex'),
    );
  });

  test('[A12] links are followed, a ring of them is refused, and a damaged cache only costs time', async () => {
    const home = createTemporaryFolder();
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real/a.bin'), 'a');
    mkdirSync(join(folder, 'linked'));
    symlinkSync(join(folder, 'real/a.bin'), join(folder, 'linked/a.bin'));
    const { digest, save } = openSourceDigests(home);
    const real = await digest(join(folder, 'real'));
    expect(await digest(join(folder, 'linked'))).toBe(real);
    utimesSync(join(folder, 'real/a.bin'), long, long);
    await digest(join(folder, 'real'));
    await save();
    for (const file of readdirSync(join(home, 'sources')))
      writeFileSync(join(home, 'sources', file), '{"": {"na');
    expect(await openSourceDigests(home).digest(join(folder, 'real'))).toBe(real);
    symlinkSync(folder, join(folder, 'real/ring'));
    await expect(digest(folder)).rejects.toThrow('expected a folder that does not contain itself');
  });

  test('[A42] the files beside an ONNX model that are named after it are part of it', async () => {
    const folder = createTemporaryFolder();
    const model = join(folder, 'm.onnx');
    writeFileSync(model, 'model');
    writeFileSync(join(folder, 'other.data'), '1');
    const { digest } = openSourceDigests(folder);
    const whole = withCompanions(digest);
    expect(await whole(model)).toBe(await digest(model));
    writeFileSync(join(folder, 'm.onnx.data'), '1');
    const first = await whole(model);
    expect(first).not.toBe(await digest(model));
    writeFileSync(join(folder, 'm.onnx.data'), '2');
    expect(await whole(model)).not.toBe(first);
  });

  test('[A13] one changed file among many is read alone, and changes the digest', async () => {
    const home = createTemporaryFolder();
    const folder = createTemporaryFolder();
    for (let i = 0; i < 20; i++) writeFileSync(join(folder, `${i}.bin`), 'same');
    const before = await digestLater(home, folder);
    writeFileSync(join(folder, '4.bin'), 'else');
    expect(await digestLater(home, folder)).not.toBe(before);
    writeFileSync(join(folder, '4.bin'), 'same');
    expect(await digestLater(home, folder)).toBe(before);
  });
});

describe('createImplementationDigests', () => {
  /** Two nodes, a barrel, and what they import; gives back the digest of the first node after some files were written. */
  const createPackage = () => {
    const folder = createTemporaryFolder();
    const write = (files: Record<string, string>) => {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    };
    write({
      'package.json': '{"name": "mine"}',
      'index.ts': "export { a as b } from './a.ts';\nexport { c } from './c.ts';\n",
      'a.ts': 'export const a = 1;\n',
      'c.ts': 'export const c = 1;\n',
      'types.ts': 'export type T = 1;\n',
      'one.ts':
        "import type { T } from './types.ts';\nimport {\n  b,\n  type T,\n} from './index.ts';\nimport fs from 'node:fs';\nexport const n = defineNode({ type: 'test.number' });\n",
      'two.ts': "export const n = defineNode({ type: 'test.double' });\n",
    });
    const digestOf = (type: string) =>
      createImplementationDigests([{ ...testPackages[0]!, sourceFolders: [folder] }])(type);
    return { write, digestOf };
  };

  test('[A10] changes with what the file of the node imports, and with nothing else', async () => {
    const { write, digestOf } = createPackage();
    const before = await digestOf('test.number');
    write({
      'two.ts': "defineNode({ type: 'test.double', version: 2 })",
      'c.ts': 'export const c = 2;\n',
      'types.ts': 'export type T = 2;\n',
      'one.test.ts': 'a test',
      'index.ts': "export { a as b } from './a.ts';\nexport { c } from './c.ts';\nexport {};\n",
    });
    expect(await digestOf('test.number')).toBe(before);
    write({ 'a.ts': 'export const a = 2;\n' });
    expect(await digestOf('test.number')).not.toBe(before);
  });

  test('is the same in a checkout whose lines end as on Windows', async () => {
    const { write, digestOf } = createPackage();
    const before = await digestOf('test.number');
    write({ 'a.ts': 'export const a = 1;\r\n' });
    expect(await digestOf('test.number')).toBe(before);
    write({ 'a.ts': 'export const a = 1;\n\n' });
    expect(await digestOf('test.number')).not.toBe(before);
  });

  test('[A14] a node whose file is not found depends on all sources', async () => {
    const { write, digestOf } = createPackage();
    const before = await digestOf('test.fail');
    write({ 'c.ts': 'export const c = 2;\n' });
    expect(await digestOf('test.fail')).not.toBe(before);
  });

  const importsOf = (text: string) =>
    findImports(text, 'a.ts').map(({ specifier, names }) => [specifier, names]);

  test('[A15] imports are found in all their forms; types and quoted text are none', () => {
    const text = [
      "import 'side-effect';",
      "import all, { part } from 'both';",
      "import * as star from 'star';",
      "import { type V } from 'types';",
      "import type W from 'types';",
      "export * from 'passed';",
      "export { inner as outer, type T } from 'named';",
      "export { default as first, second as default } from 'defaults';",
      "export type { U } from 'types';",
      "const lazy = await import('lazy');",
      'const plain = await import(`plain`);',
      'const computed = await import(first + second);',
      "const old = require('old');",
      "const url = new URL('./data.json', import.meta.url);",
      "const folder = new URL('.', import.meta.url);",
      "const text = `from 'nowhere'`;",
      "// import x from 'comment';",
      '/*',
      "import y from 'comment';",
      "require('comment') */",
    ].join('\n');
    expect(importsOf(text)).toEqual([
      ['side-effect', null],
      ['both', null],
      ['star', null],
      ['passed', null],
      ['named', ['inner']],
      ['defaults', ['default', 'second']],
      ['lazy', null],
      ['plain', null],
      ['old', null],
      ['./data.json', null],
    ]);
  });

  test('[A40] no comment, indent, break or neighbor hides an import, and a text that is no module is refused', () => {
    expect(importsOf("import { a /* not ; 'this' */, b as c } from /* here */ 'x'")).toEqual([
      ['x', ['a', 'b']],
    ]);
    expect(importsOf("  import { a } from 'x'; import { b } from 'y';export{c}from'z'")).toEqual([
      ['x', ['a']],
      ['y', ['b']],
      ['z', ['c']],
    ]);
    expect(importsOf('import {\n  // why; "because"\n  a,\n}\nfrom\n\'x\'')).toEqual([
      ['x', ['a']],
    ]);
    expect(importsOf("import d, * as all from 'x' with { type: 'json' }")).toEqual([['x', null]]);
    expect(() => findImports('import { a from "x"', 'broken.ts')).toThrow(
      'broken.ts: expected a module, got: ',
    );
  });

  test('[A40] a module is found whatever its extension says, and by the conditions of its package', () => {
    const folder = createTemporaryFolder();
    const own = join(folder, 'node_modules/own');
    mkdirSync(join(folder, 'real/src'), { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(folder, 'real'), own);
    const exports = { '.': { types: './a.d.ts', import: { default: './src/a.mts' } } };
    writeFileSync(join(folder, 'real/package.json'), JSON.stringify({ name: 'own', exports }));
    writeFileSync(join(folder, 'b.ts'), '');
    const pathOf = (specifier: string) => {
      const target = resolveModule(specifier, join(folder, 'c.ts'));
      return target?.type === 'file' ? target.path : target;
    };

    expect(pathOf('./b.js')).toBe(join(folder, 'b.ts'));
    expect(pathOf('./b')).toBe(join(folder, 'b.ts'));
    expect(pathOf('own')).toBe(join(realpathSync(folder), 'real/src/a.mts'));
  });

  test('[A16] installed packages count by their version', () => {
    expect(resolveModule('zod', import.meta.filename)).toEqual({
      type: 'installed',
      name: expect.stringMatching(/^zod@\d+\.\d+\.\d+$/),
    });
    expect(resolveModule('missing-package', import.meta.filename)).toEqual({
      type: 'installed',
      name: 'missing-package',
    });
    expect(resolveModule('@radiograph/tensor/safetensors', import.meta.filename)).toMatchObject({
      path: expect.stringMatching(/packages\/tensor\/src\/.*\.ts$/),
    });
  });
});

describe('resolveDataPath', () => {
  test('[A11] paths are relative to the graph file, or below the data folder', () => {
    const graph = '/work/graphs/a.graph.json';
    expect(resolveDataPath('../images', graph)).toBe('/work/images');
    expect(resolveDataPath('/data/x', graph)).toBe('/data/x');
    expect(
      resolveDataPath('$RADIOGRAPH_DATA/x/y', graph, { environment: { RADIOGRAPH_DATA: '/mnt' } }),
    ).toBe('/mnt/x/y');
    const own = { own: '../data', environment: { RADIOGRAPH_DATA: '/mnt' } };
    expect(resolveDataPath('$RADIOGRAPH_DATA/x', graph, own)).toBe('/work/data/x');
  });

  test('[A11] without the variable the nearest shared/data serves, and none is an error that names the variable', () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'shared/data'), { recursive: true });
    const graph = join(folder, 'project/examples/a.graph.json');
    expect(resolveDataPath('$RADIOGRAPH_DATA/x', graph, { environment: {} })).toBe(
      join(folder, 'shared/data/x'),
    );
    expect(() =>
      resolveDataPath('$RADIOGRAPH_DATA/x', '/nowhere/a.json', { environment: {} }),
    ).toThrow(
      'expected a data folder of the graph (--set data=FOLDER), the environment variable RADIOGRAPH_DATA',
    );
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryFolder, writeDicom } from '@radiograph/testing';
import { describe, expect, test } from 'vitest';
import { readDataFile } from './read-file.ts';
import { recognizeBytes, recognizeFile } from './recognize-file.ts';
import { addLeftOut, describeLeftOut, walkFolder } from './walk-folder.ts';

function fill(folder: string, names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
}
const walk = (folder: string, deep = true) => walkFolder(folder, { expected: 'a folder', deep });
const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

describe('walkFolder', () => {
  test('[F25] lists files of sub-folders by their paths, and of the folder alone if not deep', async () => {
    const folder = createTemporaryFolder();
    fill(folder, ['b.png', 'a/2.png', 'a/1.png']);
    expect(namesOf((await walk(folder)).files)).toEqual(['a/1.png', 'a/2.png', 'b.png']);
    const flat = await walk(folder, false);
    expect([namesOf(flat.files), namesOf(flat.folders)]).toEqual([['b.png'], ['a']]);
  });

  test('[F25] follows links to files and folders; a loop ends, and a folder is listed once, in its own place', async () => {
    const folder = createTemporaryFolder();
    const outside = createTemporaryFolder();
    fill(folder, ['real/a.png']);
    fill(outside, ['b.png', 'deep/c.png']);
    symlinkSync(join(outside, 'b.png'), join(folder, 'link.png'));
    symlinkSync(outside, join(folder, 'far'));
    symlinkSync(folder, join(folder, 'real/loop'));
    symlinkSync(join(folder, 'real'), join(folder, 'again'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.png'));

    const { files, leftOut } = await walk(folder);
    expect(namesOf(files)).toEqual(['far/b.png', 'far/deep/c.png', 'link.png', 'real/a.png']);
    expect(Object.fromEntries(leftOut)).toEqual({
      'links to nothing': ['broken.png'],
      'links to folders that are listed': ['again', 'real/loop'],
    });
  });

  test('[F25] leaves out what systems write, hidden files and pipes, and says how many and which', async () => {
    const folder = createTemporaryFolder();
    fill(folder, [
      'a.png',
      '._a.png',
      '.DS_Store',
      'Thumbs.db',
      'DICOMDIR',
      '__MACOSX/a.png',
      '.hidden',
    ]);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const { files, leftOut } = await walk(folder);
    expect(namesOf(files)).toEqual(['a.png']);
    expect(describeLeftOut(addLeftOut(leftOut, 'no images', ['x', 'y']))).toBe(
      'left out: 5 files of the system (.DS_Store, ._a.png, DICOMDIR and 2 more), 1 hidden files (.hidden), 1 devices, pipes and sockets (pipe), 2 no images (x, y)',
    );
    expect(describeLeftOut(new Map())).toBeUndefined();
  });

  test('[F27] a folder that is not there and one that is a file are told apart', async () => {
    const folder = createTemporaryFolder();
    fill(folder, ['file']);
    await expect(walk(join(folder, 'none'))).rejects.toThrow(
      'expected a folder, got nothing: there is no such folder',
    );
    await expect(walk(join(folder, 'file'))).rejects.toThrow('expected a folder, got a file');
  });
});

describe('readDataFile', () => {
  test('[F27] says what stands in the place of a file', async () => {
    const folder = createTemporaryFolder();
    fill(folder, ['sub/file']);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    symlinkSync('loop', join(folder, 'loop'));
    const read = (name: string) => readDataFile(join(folder, name), 'a table').then(String);
    expect(await read('sub/file')).toBe('sub/file');
    await expect(read('none')).rejects.toThrow(
      'none: expected a table, got nothing: there is no such file',
    );
    await expect(read('sub')).rejects.toThrow('expected a table, got a folder');
    await expect(read('sub/file/x')).rejects.toThrow('a folder of its path is a file');
    await expect(read('pipe')).rejects.toThrow('expected a table, got a pipe');
    await expect(read('loop')).rejects.toThrow('a link that leads back to itself');
    await expect(readDataFile('/dev/zero', 'a table')).rejects.toThrow(
      'expected a table, got a device',
    );
  });
});

describe('recognizeFile', () => {
  test('[F26] tells kinds by their first bytes, DICOM also without preamble', async () => {
    const dicom = writeDicom({ size: [2, 2], pixels: [1, 2, 3, 4] });
    const kinds = [
      Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
      Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
      dicom,
      dicom.subarray(132), // begins with group 2
      Buffer.from([8, 0, 5, 0, 10, 0, 0, 0, ...Buffer.from('ISO_IR 100')]), // implicit
      Buffer.from('II*\0'),
      Buffer.from('name,Edema\na,1\nb,0\n'),
      Buffer.alloc(0),
    ].map((bytes) => recognizeBytes(bytes));
    expect(kinds).toEqual(['png', 'jpeg', 'dicom', 'dicom', 'dicom', 'tiff', 'other', 'other']);
    const folder = createTemporaryFolder();
    writeFileSync(join(folder, 'x'), dicom);
    expect(await recognizeFile(join(folder, 'x'))).toBe('dicom');
  });
});

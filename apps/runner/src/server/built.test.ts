import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { beginBuild, findBuilt, publishBuild } from '../../bin/built.js';

let dist: string;
let source: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-built-'));
  dist = join(folder, 'dist');
  source = join(folder, 'source.ts');
  writeFileSync(source, 'export const a = 1;\n');
});

/** Builds from the source; gives back the folder. */
function build(): string {
  const started = beginBuild(dist);
  publishBuild(started, [source]);
  return started.folder;
}

describe('what was built', () => {
  test('is used while its sources have the same content, whatever their times', () => {
    expect(findBuilt(dist)).toBeUndefined();
    const folder = build();
    expect(findBuilt(dist)).toBe(folder);

    utimesSync(source, 1_700_000_000, 1_700_000_000); // as a layer of an image cuts them
    expect(findBuilt(dist)).toBe(folder);
  });

  test('is out of date when a source changes, also to the same length, or is gone', () => {
    build();
    writeFileSync(source, 'export const a = 2;\n');
    utimesSync(source, 1_700_000_000, 1_700_000_000);
    expect(findBuilt(dist)).toBeUndefined();

    build();
    expect(findBuilt(dist)).toBeDefined();
    rmSync(source);
    expect(findBuilt(dist)).toBeUndefined();
  });
});

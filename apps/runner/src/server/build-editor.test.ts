import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@radiograph/graph';
import { expect, test } from 'vitest';
import { isCurrent } from './build-editor.ts';

test('a build is out of date when any file that it was made of changed, in whatever package', async () => {
  const root = mkdtempSync(join(tmpdir(), 'radiograph-build-'));
  const [editor, built] = [join(root, 'apps/editor'), join(root, 'apps/editor/dist')];
  mkdirSync(built, { recursive: true });
  mkdirSync(join(root, 'packages/api'), { recursive: true });
  writeFileSync(join(editor, 'main.tsx'), 'page');
  writeFileSync(join(root, 'packages/api/events.ts'), 'schema');
  expect(await isCurrent(built, editor)).toBe(false);
  const sources = {
    'main.tsx': sha256Hex('page'),
    '../../packages/api/events.ts': sha256Hex('schema'),
  };
  writeFileSync(join(built, 'sources.json'), JSON.stringify(sources));
  expect(await isCurrent(built, editor)).toBe(true);

  writeFileSync(join(root, 'packages/api/events.ts'), 'other schema');

  expect(await isCurrent(built, editor)).toBe(false);
});

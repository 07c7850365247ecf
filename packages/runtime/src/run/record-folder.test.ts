import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listRecords, makeRecord } from './record-folder.ts';

test('what Finder and Explorer leave among the records is none, and no record is named after it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-records-'));
  for (const stray of ['desktop.ini', '.DS_Store', 'Thumbs.db', '._20990101'])
    writeFileSync(join(folder, stray), '');
  mkdirSync(join(folder, 'zz-kept-by-hand'));
  const { id } = await makeRecord(folder);

  expect(id).toMatch(/^\d{8}-\d{9}-[0-9a-f]{4}$/);
  expect(await listRecords(folder)).toEqual([id, 'zz-kept-by-hand']);
});

test('a record comes after the newest one, also where the clock went back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'radiograph-records-'));
  mkdirSync(join(folder, '20990101-000000000-00ff'));
  const { id } = await makeRecord(folder);

  expect((await listRecords(folder)).at(-1)).toBe(id);
});

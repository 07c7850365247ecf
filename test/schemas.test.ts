import { readFileSync } from 'node:fs';
import { printSchemas } from '@radiograph/runtime';
import { expect, test } from 'vitest';

test('docs/schemas holds what `npm run schemas` writes', () => {
  for (const [name, text] of Object.entries(printSchemas()))
    expect(readFileSync(`docs/schemas/${name}`, 'utf8'), `${name}: npm run schemas`).toBe(text);
});

/** `npm run schemas`: writes docs/schemas from the zod schemas. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printSchemas } from '../packages/runtime/src/index.ts';

const folder = fileURLToPath(new URL('../docs/schemas/', import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(printSchemas())) writeFileSync(`${folder}${name}`, text);

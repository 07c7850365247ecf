/** What the browser must load before it can show anything. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Kilobytes (1000 bytes, gzipped) of the scripts that a built page's index.html names. */
export function initialJsKb(folder: string): number {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="(?:\.?\/)?([^"]+\.js)"/g)].map(
    (match) => match[1]!,
  );
  const sizes = scripts.map(
    (path) => gzipSync(readFileSync(join(folder, path)), { level: 9 }).length,
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

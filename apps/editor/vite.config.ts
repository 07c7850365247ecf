import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const folder = fileURLToPath(new URL('.', import.meta.url));
const always = ['index.html', 'package.json', 'vite.config.ts', '../../package-lock.json'];

/** Writes `sources.json`: the digest of every file that the build was made of, so that `radiograph serve` knows when it is out of date. */
const listSources = (): Plugin => ({
  name: 'list-sources',
  generateBundle() {
    const ids = [...this.getModuleIds()].map((id) => id.split('?')[0] ?? id);
    const own = ids.filter((id) => id.startsWith('/') && !id.includes('/node_modules/'));
    const paths = own.map((id) => relative(folder, id).split(sep).join('/'));
    const digest = (path: string) =>
      createHash('sha256')
        .update(readFileSync(`${folder}${path}`))
        .digest('hex');
    const sources = [...new Set([...always, ...paths])].sort();
    this.emitFile({
      type: 'asset',
      fileName: 'sources.json',
      source: JSON.stringify(Object.fromEntries(sources.map((path) => [path, digest(path)]))),
    });
  },
});

// Workers and fonts must be files: the page's content security policy allows no data: scripts.
export default defineConfig({
  plugins: [react(), listSources()],
  base: './',
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
});

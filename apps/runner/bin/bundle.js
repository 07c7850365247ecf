// Bundles the command line, the worker and the job of a sweep to dist/, so that a process starts in a fifth of the time. Run by
// `npm install` (prepare), and by load.js when a source changed. A machine without Vite goes on translating the sources at each start.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');
const programs = ['cli', 'worker', 'sweep-job'];
const keepMs = 24 * 3600 * 1000; // a process that started from an older bundle may still load parts of it

// Packages that find files of their own (WebAssembly, native code), or that few commands need, stay as they are.
const external = [
  /^onnxruntime-node/,
  /^sharp/,
  /^@tensorflow\//,
  /^@cornerstonejs\//,
  'oxc-parser',
  'express',
];

/** Code that asks where it lies gets the place of its source: keys are made from sources, and the worker starts from bin/. */
const keepPlaces = (folder) => ({
  name: 'keep-places',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('.ts') || !code.includes('import.meta.url')) return null;
    const place = JSON.stringify(relative(folder, id).split(sep).join('/'));
    return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
  },
});

async function bundle(build) {
  const startedMs = Date.now();
  const folder = join(dist, `${startedMs.toString(36)}-${process.pid}`);
  const { output } = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [keepPlaces(folder)],
    ssr: { noExternal: true, external: [] },
    build: {
      ssr: true,
      outDir: folder,
      minify: false,
      rollupOptions: {
        external,
        input: Object.fromEntries(programs.map((name) => [name, join(root, `src/${name}.ts`)])),
        output: { chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  const paths = new Set(output.flatMap(({ moduleIds = [] }) => moduleIds));
  const files = [...paths].filter((id) => !id.startsWith('\0')); // those are the bundler's own
  publish(folder, [...files, fileURLToPath(import.meta.url)], startedMs);
}

/** The list appears whole, and after the files that it stands for. A source that changed meanwhile never matches. */
function publish(folder, paths, startedMs) {
  const sources = paths.map((path) => {
    const { size, mtimeMs } = statSync(path);
    return [relative(root, path), size, mtimeMs < startedMs ? mtimeMs : null];
  });
  const draft = join(folder, 'bundle.json');
  writeFileSync(draft, JSON.stringify({ folder: relative(dist, folder), sources }));
  renameSync(draft, join(dist, 'bundle.json'));
}

function prune() {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    if (statSync(path, { throwIfNoEntry: false })?.mtimeMs < Date.now() - keepMs)
      rmSync(path, { recursive: true, force: true });
  }
}

const vite = await import('vite').catch(() => undefined);
if (vite !== undefined) {
  prune();
  await bundle(vite.build);
}

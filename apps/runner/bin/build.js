// Builds what a user starts: the programs (command line, worker, job of a sweep) and the editor. `npm install` runs it without
// arguments; load.js and `serve` run it for one of the two when its sources have changed since.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beginBuild, findBuilt, publishBuild } from './built.js';

const runner = fileURLToPath(new URL('../', import.meta.url));
const editor = fileURLToPath(new URL('../../editor/', import.meta.url));
const own = ['build.js', 'built.js'].map((name) => join(runner, 'bin', name));

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
    const place = JSON.stringify(relative(folder, id).split(sep).map(encodeURIComponent).join('/'));
    return code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
  },
});

async function buildPrograms() {
  const { build } = await import('vite');
  const started = beginBuild(join(runner, 'dist'));
  const programs = ['cli', 'worker', 'sweep-job'];
  const { output } = await build({
    root: runner,
    configFile: false,
    logLevel: 'error',
    plugins: [keepPlaces(started.folder)],
    ssr: { noExternal: true, external: [] },
    build: {
      ssr: true,
      outDir: started.folder,
      minify: false,
      rollupOptions: {
        external,
        input: Object.fromEntries(programs.map((name) => [name, join(runner, `src/${name}.ts`)])),
        output: { chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  publishBuild(started, [...sourcesOf(output), ...own]);
}

async function buildEditor() {
  const { build } = await import('vite');
  const started = beginBuild(join(editor, 'dist'));
  // A test runner's mode would build React for development.
  process.env.NODE_ENV = 'production';
  const { output } = await build({
    root: editor,
    configFile: join(editor, 'vite.config.ts'),
    logLevel: 'error',
    mode: 'production',
    build: { outDir: started.folder, emptyOutDir: false },
  });
  const page = ['index.html', 'vite.config.ts', 'package.json'].map((name) => join(editor, name));
  publishBuild(started, [
    ...sourcesOf(output),
    ...listSources(join(editor, 'src')),
    ...page,
    ...own,
  ]);
}

/** Files of ours that chunks are made of; of an installed package its manifest, which changes with every version. */
function sourcesOf(output) {
  const ids = output
    .flatMap(({ moduleIds = [] }) => moduleIds)
    .filter((id) => !id.startsWith('\0'));
  return ids.map((id) => manifestOf(id.split('?')[0])).filter(existsSync);
}

function manifestOf(path) {
  const parts = path.split(/[\\/]node_modules[\\/]/);
  if (parts.length === 1) return path;
  const [scope, name] = parts.at(-1).split(/[\\/]/);
  const folder = path.slice(0, path.length - parts.at(-1).length);
  return join(folder, scope, scope.startsWith('@') ? name : '', 'package.json');
}

/** Also what reaches the page beside modules: workers, styles, fonts. */
const listSources = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name));

const targets = {
  programs: { dist: join(runner, 'dist'), build: buildPrograms, needs: 'vite' },
  editor: { dist: join(editor, 'dist'), build: buildEditor, needs: '@vitejs/plugin-react' },
};

/** A headless install leaves the editor's packages out (README). */
const isInstalled = (name) => {
  for (let folder = editor; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true;
    if (dirname(folder) === folder) return false;
  }
};

// Vite and what it is made of read these as the end of a path.
const unbuildable = { programs: /\?/, editor: /[?#]/ };

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(targets);
for (const name of wanted) {
  const { dist, build, needs } = targets[name];
  if (findBuilt(dist) !== undefined || !isInstalled(needs)) continue;
  if (unbuildable[name].test(runner)) {
    // One line, which load.js and `serve` pass on; what can be built is built.
    process.stderr.write(
      `Error: the ${name} cannot be built in a folder with # or ? in its path, got ${runner}\n`,
    );
    continue;
  }
  await build();
}

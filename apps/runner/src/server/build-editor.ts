/** The editor's files: built by Vite when they are missing or older than their sources, so that one command opens it. */
import { spawn } from 'node:child_process';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const editor = fileURLToPath(new URL('../../../editor', import.meta.url));
const graph = fileURLToPath(new URL('../../../../packages/graph/src', import.meta.url));
const sources = [join(editor, 'src'), graph];
const files = ['index.html', 'vite.config.ts', 'package.json'].map((name) => join(editor, name));

/** Returns the folder of the built editor. `say` gets a line when it must be built first (a few seconds). */
export async function buildEditor(say: (line: string) => void): Promise<string> {
  const built = join(editor, 'dist');
  const builtMs = await modifiedMs(join(built, 'index.html'));
  const newest = Math.max(
    ...(await Promise.all([...sources.map(newestMs), ...files.map(modifiedMs)])),
  );
  if (builtMs >= newest) return built;
  say('building the editor ...');
  const fresh = join(editor, 'node_modules', `.build-${process.pid}`);
  await runVite(fresh);
  await replaceFolder(built, fresh);
  return built;
}

/** Others may serve or build the same folder: it is swapped whole, and equal sources have equal file names. */
async function replaceFolder(folder: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  await rename(folder, old).catch(() => undefined); // none yet, or another process was quicker
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  await rm(old, { recursive: true, force: true });
}

function runVite(outDir: string): Promise<void> {
  const require = createRequire(join(editor, 'package.json'));
  const bin = join(require.resolve('vite/package.json'), '..', 'bin', 'vite.js');
  const child = spawn(process.execPath, [bin, 'build', '--logLevel', 'warn', '--outDir', outDir], {
    cwd: editor,
    env: { ...process.env, NODE_ENV: 'production' }, // a test runner's would build React for development
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`internal: building the editor failed (exit code ${code})`));
    });
  });
}

async function newestMs(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const times = entries
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => modifiedMs(join(entry.parentPath, entry.name)));
  return Math.max(0, ...(await Promise.all(times)));
}

async function modifiedMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

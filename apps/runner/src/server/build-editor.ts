/** The editor's files: built by Vite when they are missing or older than their sources, so that one command opens it. */
import { spawn } from 'node:child_process';
import { rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '@radiograph/graph';
import { readTextIfPresent } from '@radiograph/runtime';
import { z } from 'zod';

const editor = fileURLToPath(new URL('../../../editor', import.meta.url));
const Sources = z.record(z.string(), z.string());

/** Returns the folder of the built editor. `say` gets a line when it must be built first (a few seconds). */
export async function buildEditor(say: (line: string) => void): Promise<string> {
  const built = join(editor, 'dist');
  if (await isCurrent(built, editor)) return built;
  say('building the editor ...');
  const fresh = join(editor, 'node_modules', `.build-${process.pid}`);
  await runVite(fresh);
  await replaceFolder(built, fresh);
  return built;
}

/** Whether every file that a build was made of, in whatever package, is as it was. A new file counts once another imports it. */
export async function isCurrent(built: string, sourceFolder: string): Promise<boolean> {
  const text = await readTextIfPresent(join(built, 'sources.json'));
  if (text === undefined) return false;
  const same = Object.entries(Sources.parse(JSON.parse(text))).map(
    async ([path, digest]) =>
      (await readTextIfPresent(join(sourceFolder, path)).then(digestOf)) === digest,
  );
  return (await Promise.all(same)).every(Boolean);
}

const digestOf = (text: string | undefined) => (text === undefined ? undefined : sha256Hex(text));

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

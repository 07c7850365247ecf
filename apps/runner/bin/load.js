// Finds the code of a program: in the bundle if that is as new as its sources, else in a bundle made anew, else in the sources.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

/** Imports `src/<program>.ts`: cli, worker or sweep-job. */
export async function load(program) {
  nodeModule.enableCompileCache?.(); // from Node 22.1 on
  const folder = findBundle() ?? makeBundle();
  if (folder !== undefined) return import(new URL(`dist/${folder}/${program}.js`, root));
  const { register } = await import('tsx/esm/api'); // Node before 22.18 cannot run TypeScript
  register();
  return import(new URL(`src/${program}.ts`, root));
}

function makeBundle() {
  const script = fileURLToPath(new URL('./bundle.js', import.meta.url));
  spawnSync(process.execPath, [script], { stdio: 'ignore' });
  return findBundle();
}

/** The folder of a bundle whose every source has the size and time that it had. */
function findBundle() {
  try {
    const { folder, sources } = JSON.parse(readFileSync(new URL('dist/bundle.json', root), 'utf8'));
    const isFresh = sources.every(([path, size, mtimeMs]) => {
      const found = statSync(new URL(path, root));
      return found.size === size && found.mtimeMs === mtimeMs;
    });
    return isFresh ? folder : undefined;
  } catch {
    return undefined; // none yet, or a source is gone
  }
}

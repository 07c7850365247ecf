// Finds the code of a program: as it was built if its sources are still the same, else built anew, else the sources themselves.
import { spawnSync } from 'node:child_process';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBuilt } from './built.js';
import { explainNode } from './node-version.js';

const root = new URL('../', import.meta.url);
const dist = fileURLToPath(new URL('dist', root));

/** Imports `src/<program>.ts`: cli, worker or sweep-job. */
export async function load(program) {
  const tooOld = explainNode(process.versions.node);
  if (tooOld !== undefined) {
    process.stderr.write(`${tooOld}\n`);
    process.exit(2); // bad usage
  }
  if (nodeModule.enableCompileCache !== undefined) nodeModule.enableCompileCache(); // from Node 22.1 on
  const folder = findBuilt(dist) ?? buildAnew(program);
  if (folder !== undefined) return import(pathToFileURL(join(folder, `${program}.js`)));
  const { register } = await import('tsx/esm/api'); // Node before 22.18 cannot run TypeScript
  register();
  return import(new URL(`src/${program}.ts`, root));
}

function buildAnew(program) {
  const script = fileURLToPath(new URL('./build.js', import.meta.url));
  const { stderr } = spawnSync(process.execPath, [script, 'programs'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const built = findBuilt(dist);
  if (built === undefined && program === 'cli') process.stderr.write(explainSlowness(stderr));
  return built;
}

/** Somebody else's install whose sources have changed, or one without the packages that build. */
function explainSlowness(stderr) {
  const why =
    /^\w*Error: (.+)$/m.exec(stderr ?? '')?.[1] ?? 'the packages that build it are not installed';
  return `radiograph starts from its sources, which takes seconds: it could not be built (${why}). Run npm ci in ${fileURLToPath(new URL('../../', root))} as its owner.\n`;
}

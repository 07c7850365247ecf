/** The editor's files. `npm ci` builds them; only who changes the editor's sources waits for it here. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RadiographError } from '@radiograph/graph';
import { findBuilt } from '../../bin/built.js';

const dist = fileURLToPath(new URL('../../../editor/dist', import.meta.url));
const script = fileURLToPath(new URL('../../bin/build.js', import.meta.url));

/**
 * Returns the folder of the built editor. `say` gets a line when its sources have changed and it must be built first.
 *
 * @throws {RadiographError} code `usage` if it is not built and cannot be: a headless install, or somebody else's.
 */
export async function buildEditor(say: (line: string) => void): Promise<string> {
  const built = findBuilt(dist);
  if (built !== undefined) return built;
  say('building the editor, because its sources have changed ...');
  const trouble = await runBuild();
  const fresh = findBuilt(dist);
  if (fresh !== undefined) return fresh;
  throw new RadiographError('usage', {
    path: 'serve',
    message: `expected a built editor in ${dist}, got none (${trouble}): run npm ci there as its owner`,
  });
}

/** Why it failed; where nothing is said, its packages are not installed. */
function runBuild(): Promise<string> {
  const child = spawn(process.execPath, [script, 'editor'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (data: Buffer) => {
    text += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      const line = /^\w*Error: .+$/m.exec(text)?.[0];
      resolve(line ?? 'the packages that build it are not installed');
    });
  });
}

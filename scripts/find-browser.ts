/**
 * Finds Chrome or Chromium for the browser tests; as root on Debian it installs one, else it says how to.
 *
 * Run by `npm test` before anything else, so that a fresh clone needs one command.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The path of an installed browser, or undefined. `CHROME_PATH` wins. */
export function findBrowser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const onPath = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const wished = process.env.CHROME_PATH;
  return [...(wished === undefined ? [] : [wished]), ...onPath, ...places].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installOnDebian(): void {
  const run = (args: string[]) => spawnSync('apt-get', args, { stdio: 'inherit' });
  run(['update', '-qq']);
  // With the Vulkan loader the WebGPU engine computes on the device that Chromium draws in software, so its tests run, too.
  run(['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'libvulkan1']);
}

function ensureBrowser(): void {
  if (findBrowser() !== undefined) return;
  if (process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get')) installOnDebian();
  if (findBrowser() !== undefined) return;
  process.stderr.write(
    'npm test needs Chrome or Chromium for the browser tests.\n' +
      'Install it (Debian, Ubuntu: sudo apt-get install chromium) or set CHROME_PATH to its executable.\n',
  );
  process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) ensureBrowser();

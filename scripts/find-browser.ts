/**
 * Finds Chrome or Chromium for the browser tests; as root on Debian it installs one, else it says how to.
 *
 * Run by `npm test` before anything else, so that a fresh clone needs one command.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { posix, win32 } from 'node:path';

/** What is looked at; a test gives another system's. */
export type Surroundings = {
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  readonly isExecutable: (path: string) => boolean;
};

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];
const applications = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const programs = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** The path of an installed browser, or undefined. `CHROME_PATH` wins; Edge, which Windows has, is Chromium too. */
export function findBrowser(from: Surroundings = here): string | undefined {
  const wished = from.environment.CHROME_PATH;
  const places = [...(wished === undefined ? [] : [wished]), ...onPath(from), ...usualPlaces(from)];
  return places.find(from.isExecutable);
}

function onPath({ platform, environment }: Surroundings): string[] {
  const { delimiter, join } = platform === 'win32' ? win32 : posix;
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter(Boolean);
  const ending = platform === 'win32' ? '.exe' : '';
  return folders.flatMap((folder) => names.map((name) => join(folder, `${name}${ending}`)));
}

/** For all users, and for one alone. */
function usualPlaces({ platform, environment }: Surroundings): string[] {
  if (platform === 'darwin') {
    const folders = ['/Applications', posix.join(environment.HOME ?? '/', 'Applications')];
    return folders.flatMap((folder) =>
      applications.map((name) => `${folder}/${name}.app/Contents/MacOS/${name}`),
    );
  }
  if (platform !== 'win32') return [];
  const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'];
  return folders.flatMap((name) => {
    const folder = environment[name];
    return folder === undefined ? [] : programs.map((path) => win32.join(folder, path));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const here: Surroundings = {
  platform: process.platform,
  environment: process.env,
  isExecutable,
};

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
    'npm test needs Chrome, Chromium or Edge for the browser tests.\n' +
      'Install it (Debian, Ubuntu: sudo apt-get install chromium) or set CHROME_PATH to its executable.\n',
  );
  process.exitCode = 1;
}

if (process.argv[1] === import.meta.filename) ensureBrowser();

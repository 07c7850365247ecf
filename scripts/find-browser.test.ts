import { expect, test } from 'vitest';
import { findBrowser } from './find-browser.ts';

/** A system on which these files can be run. */
const system = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv, files: string[]) => ({
  platform,
  environment,
  isExecutable: (path: string) => files.includes(path),
});

test('finds Chrome and Edge where Windows puts them, for all users or for one', () => {
  const environment = {
    Path: 'C:\\Windows;C:\\tools',
    ProgramFiles: 'C:\\Program Files',
    'ProgramFiles(x86)': 'C:\\Program Files (x86)',
    LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local',
  };
  const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
  const chrome = 'C:\\Users\\ann\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe';
  const onPath = 'C:\\tools\\chrome.exe';

  expect(findBrowser(system('win32', environment, [edge]))).toBe(edge);
  expect(findBrowser(system('win32', environment, [chrome]))).toBe(chrome);
  expect(findBrowser(system('win32', environment, [edge, onPath]))).toBe(onPath);
  expect(findBrowser(system('win32', environment, []))).toBeUndefined();
});

test('finds applications of macOS, also in the folder of one user', () => {
  const shared = '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge';
  const own = '/Users/ann/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  const environment = { PATH: '/usr/bin', HOME: '/Users/ann' };

  expect(findBrowser(system('darwin', environment, [shared]))).toBe(shared);
  expect(findBrowser(system('darwin', environment, [own]))).toBe(own);
});

test('CHROME_PATH wins over what is on the PATH', () => {
  const environment = { PATH: '/usr/bin:/opt/bin', CHROME_PATH: '/mine/chrome' };
  const files = ['/opt/bin/google-chrome', '/mine/chrome'];

  expect(findBrowser(system('linux', environment, files))).toBe('/mine/chrome');
  expect(findBrowser(system('linux', { PATH: '/usr/bin:/opt/bin' }, files))).toBe(
    '/opt/bin/google-chrome',
  );
});

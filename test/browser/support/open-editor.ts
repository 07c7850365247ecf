/** The editor as users meet it: the real server on a temporary workspace, the production build, Chromium. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildEditor } from '../../../apps/runner/src/server/build-editor.ts';
import { startServer } from '../../../apps/runner/src/server/start-server.ts';
import { findBrowser } from '../../../scripts/find-browser.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const token = 'a-token-that-stays-the-same-when-it-restarts';
const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/** The path of Chrome or Chromium; undefined without one. */
export const browserPath = findBrowser();

export type Editor = {
  readonly workspace: string;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page's console and uncaught exceptions so far. */
  readonly errors: readonly string[];
  /** The address with the token. */
  readonly address: () => string;
  /** Opens another tab of the same session. */
  readonly openTab: () => Promise<Page>;
  /** Closes the server; `startAgain` opens it on the same port and folder. */
  readonly stopServer: () => Promise<void>;
  readonly startAgain: () => Promise<void>;
  readonly close: () => Promise<void>;
};

type EditorOptions = {
  /** Text of more graph files, by path. */
  readonly graphs?: Readonly<Record<string, string>>;
  readonly firstGraph?: string | null;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** Serves from a process of its own, which `stopServer` kills without warning. */
  readonly isProcess?: boolean;
};

/** Opens the editor on a fresh workspace that holds the examples. */
export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const {
    graphs = {},
    firstGraph = 'examples/quickstart.graph.json',
    colorScheme = 'light',
  } = options;
  const workspace = mkdtempSync(join(tmpdir(), 'radiograph-editor-'));
  cpSync(join(root, 'examples'), join(workspace, 'examples'), { recursive: true });
  for (const [path, text] of Object.entries(graphs)) {
    mkdirSync(join(workspace, path, '..'), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  const editorFolder = await buildEditor(() => undefined);
  const start = (port: number) =>
    options.isProcess
      ? startProcess(workspace, port, firstGraph)
      : startServer({
          workspace,
          home: join(workspace, '.radiograph'),
          host: '127.0.0.1',
          port,
          version: '0',
          token,
          firstGraph,
          editorFolder,
          workerEntry: join(root, 'apps/runner/bin/worker.js'),
        });
  let server = await start(0);
  const browser = await chromium.launch({ executablePath: browserPath!, args: flags });
  const viewport = options.viewport ?? { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const errors: string[] = [];
  const openTab = async () => {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(server.address);
    await page.waitForSelector('.react-flow');
    return page;
  };
  return {
    workspace,
    browser,
    context,
    errors,
    page: await openTab(),
    address: () => server.address,
    openTab,
    stopServer: () => server.close(),
    async startAgain() {
      server = await start(Number(new URL(server.origin).port));
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** `radiograph serve` as users run it. `close` kills it: no handler runs. */
async function startProcess(workspace: string, port: number, firstGraph: string | null) {
  const tokenFile = join(workspace, '.token');
  writeFileSync(tokenFile, token);
  const command = [
    join(root, 'apps/runner/bin/radiograph.js'),
    'serve',
    ...(firstGraph ? [firstGraph] : []),
  ];
  const child = spawn(
    process.execPath,
    [...command, '--port', `${port}`, '--token-file', tokenFile],
    {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /Radiograph: (\S+)/.exec(chunk.toString())?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    origin,
    address: `${origin}/?token=${token}`,
    close: () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

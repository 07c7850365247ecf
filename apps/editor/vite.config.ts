import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const runner = fileURLToPath(new URL('../runner/bin/radiograph.js', import.meta.url));

/** The descriptions of the installed node types, from the runner: the browser never sees node code. */
async function readDescriptions(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [runner, 'nodes', '--json'], {
    maxBuffer: 64 << 20,
  });
  return stdout;
}

function nodeDescriptions(): Plugin {
  return {
    name: 'radiograph:node-descriptions',
    configureServer: ({ middlewares }) => {
      middlewares.use('/nodes.json', (_request, response) => {
        readDescriptions().then(
          (json) => response.setHeader('content-type', 'application/json').end(json),
          (error: unknown) => {
            response.statusCode = 500;
            response.end(String(error));
          },
        );
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'nodes.json', source: await readDescriptions() });
    },
  };
}

export default defineConfig({ plugins: [react(), nodeDescriptions()], base: './' });

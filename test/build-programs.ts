/** Programs that tests start as processes of their own. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'vite';

/** A native package finds its binding beside itself only: it is loaded from where it is installed. */
const nativeInPlace: Plugin = {
  name: 'native-in-place',
  enforce: 'pre',
  async resolveId(id, importer) {
    if (id !== 'oxc-parser') return null;
    const found = await this.resolve(id, importer, { skipSelf: true });
    return found === null ? null : { id: pathToFileURL(found.id).href, external: true };
  },
};

/** Bundles `<folder>/<name>.ts` to `<outDir>/<name>.js`, so that a process starts in a quarter of a second; gives back `outDir`. */
export async function buildPrograms(
  folder: string,
  names: readonly string[],
  outDir: string,
): Promise<string> {
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    plugins: [nativeInPlace],
    ssr: { noExternal: true, external: ['onnxruntime-node', 'sharp'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      minify: false,
      rollupOptions: { input: names.map((name) => join(folder, `${name}.ts`)) },
    },
  });
  return outDir;
}

/** From an import to what it names: a source file of a workspace, or an installed package with its version. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

export type Target =
  | { readonly type: 'file'; readonly path: string }
  /** An installed package is its name and version, `sharp@0.35.5`; one that is missing is its name. */
  | { readonly type: 'installed'; readonly name: string };

type Manifest = {
  readonly name?: string;
  readonly version?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
};

/** Resolves a specifier; undefined for what comes with Node. */
export function resolveModule(specifier: string, importer: string): Target | undefined {
  if (specifier.startsWith('node:')) return undefined;
  if (specifier.startsWith('.')) {
    const path = join(dirname(importer), specifier);
    const written = path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'); // TypeScript's names of compiled files
    const found = [path, written, `${path}.ts`, `${path}.js`, join(path, 'index.ts')].find(isFile);
    return found === undefined ? undefined : { type: 'file', path: found };
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const folder = findInstalled(name, dirname(importer));
  if (folder === undefined) return { type: 'installed', name };
  const { version, exports = {} } = readManifest(join(folder, 'package.json'));
  if (folder.includes(`${sep}node_modules${sep}`))
    return { type: 'installed', name: `${name}@${version}` };
  const entry = findEntry(exports[`.${specifier.slice(name.length)}`]);
  if (entry === undefined) return { type: 'installed', name: `${name}@${version}` };
  return { type: 'file', path: join(folder, entry) };
}

const conditions = ['node', 'import', 'module-sync', 'default'];

/** The file of an entry of `exports`: itself, or that of the first condition, in the order of the package, that holds for Node. */
function findEntry(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  const chosen = Object.entries(entry).find(([condition]) => conditions.includes(condition));
  return findEntry(chosen?.[1]);
}

/** A name of a source file that does not depend on where the package lies: `@radiograph/tensor/src/ops/conv.ts`. */
export function nameSource(path: string): string {
  const folder = dirname(path);
  const known = owners.get(folder);
  const owner = known === undefined ? findOwner(folder) : known; // null is an answer too
  owners.set(folder, owner);
  if (owner === null) return basename(path);
  return `${owner.name}/${relative(owner.root, path).split(sep).join('/')}`;
}

type Owner = { readonly name: string; readonly root: string };
const owners = new Map<string, Owner | null>();

/** The nearest package around a folder. */
function findOwner(folder: string): Owner | null {
  const manifest = join(folder, 'package.json');
  const name = isFile(manifest) ? readManifest(manifest).name : undefined;
  if (name !== undefined) return { name, root: folder };
  return dirname(folder) === folder ? null : findOwner(dirname(folder));
}

/** Workspaces are links in node_modules: their real folder lies outside. */
function findInstalled(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (isFile(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(folder) === folder) return undefined;
  }
}

const manifests = new Map<string, Manifest>();

/** Installed packages do not change under a running process. */
function readManifest(path: string): Manifest {
  const known = manifests.get(path) ?? (JSON.parse(readFileSync(path, 'utf8')) as Manifest);
  manifests.set(path, known);
  return known;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

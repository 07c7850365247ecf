/**
 * The source closure of a module: itself and what it imports, over and over.
 *
 * Names are followed through files that only pass them on (`export { a } from './a.ts'`), so a node that takes one function of a
 * package does not depend on the rest of it. Where a file defines something itself, all that it imports counts.
 */
import { readFileSync, statSync } from 'node:fs';
import { digestBytes } from '../store/files.ts';
import { findImports, type Import } from './imports.ts';
import { nameSource, resolveModule } from './resolve-module.ts';

type Source = {
  readonly digest: string;
  readonly imports: readonly Import[];
  /** The node types that it defines. */
  readonly nodeTypes: readonly string[];
};

/** Finds closures; a file that several share is read once. */
export type Closures = { readonly digest: (paths: readonly string[]) => string };

type Kept = { readonly size: number; readonly mtimeMs: number; readonly source: Source };

/** What this process has read; a server plans again and again, and sources seldom change meanwhile. */
const kept = new Map<string, Kept>();

/** A source file, read again only when its size or time has changed. */
export function readSource(path: string): Source {
  const { size, mtimeMs } = statSync(path);
  const known = kept.get(path);
  if (known?.size === size && known.mtimeMs === mtimeMs) return known.source;
  const bytes = withUnixLines(readFileSync(path));
  const text = /\.[cm]?[jt]sx?$/.test(path) ? bytes.toString('utf8') : '';
  const found = { imports: findImports(text, path), nodeTypes: findNodeTypes(text) };
  const source = { digest: digestBytes(bytes), ...found };
  kept.set(path, { size, mtimeMs, source });
  return source;
}

/** A checkout on Windows may end its lines by CRLF; the code is the same. Binary files, which hold zeros, stay as they are. */
function withUnixLines(bytes: Buffer): Buffer {
  if (!bytes.includes('\r\n') || bytes.includes(0)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

/** What a file that calls `defineNode` says of `type: '<type>'`. */
function findNodeTypes(text: string): string[] {
  if (!text.includes('defineNode')) return [];
  return [...text.matchAll(/\btype:\s*['"]([^'"]+)['"]/g)].map(([, type]) => type!);
}

/** Makes a reader of closures for one look at the sources. */
export function createClosures(): Closures {
  const sources = new Map<string, Source>();
  const read = (path: string): Source => {
    const source = sources.get(path) ?? readSource(path);
    sources.set(path, source);
    return source;
  };
  return {
    digest(paths) {
      const parts = new Map<string, string>();
      for (const path of paths) include(path, { read, parts });
      const lines = [...parts].map(([name, digest]) => `${name}\0${digest}`);
      return digestBytes(lines.sort().join('\n'));
    },
  };
}

type Walk = {
  readonly read: (path: string) => Source;
  /** Digest by name: of source files, and of installed packages their version. */
  readonly parts: Map<string, string>;
};

function include(path: string, walk: Walk): void {
  const name = nameSource(path);
  if (walk.parts.has(name)) return;
  const { digest, imports } = walk.read(path);
  walk.parts.set(name, digest);
  for (const { specifier, names } of imports) follow(specifier, names, path, walk);
}

function follow(
  specifier: string,
  names: readonly string[] | null,
  importer: string,
  walk: Walk,
): void {
  const target = resolveModule(specifier, importer);
  if (target === undefined) return;
  if (target.type === 'installed') walk.parts.set(target.name, '');
  else if (names === null) include(target.path, walk);
  else for (const name of names) followName(name, target.path, walk);
}

/** A name that a file passes on is looked up where it comes from; any other one needs the whole file. */
function followName(name: string, path: string, walk: Walk): void {
  const passing = walk.read(path).imports.find(({ reexports }) => reexports?.has(name));
  if (passing === undefined) include(path, walk);
  else follow(passing.specifier, [passing.reexports!.get(name)!], path, walk);
}

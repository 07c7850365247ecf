/** The graph files of the workspace folder: listed, read, and written so that nothing is ever lost. */
import { copyFile, mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { GraphFile, GraphSummary } from '@radiograph/api';
import { parseDocument, printDocument, RadiographError, sha256Hex } from '@radiograph/graph';
import { isErrno, replaceDurably } from '@radiograph/runtime';
import { HttpError } from '../http-error.ts';

/** Graph files of one workspace. Paths are relative to it, with `/`. */
export type GraphFiles = {
  readonly list: () => Promise<readonly GraphSummary[]>;
  readonly read: (path: string) => Promise<GraphFile>;
  /** Writes canonical text. `revision` is the one that was read, null for a new file. @throws HttpError 409 if it is stale. */
  readonly write: (change: {
    readonly path: string;
    readonly text: string;
    readonly revision: string | null;
  }) => Promise<GraphFile>;
  /** The absolute path of a graph file. @throws HttpError 403 if it lies outside, after links are followed. */
  readonly resolve: (path: string) => Promise<string>;
};

const extension = '.graph.json';
const skippedFolders = new Set(['node_modules', 'dist', 'test']);
const maximumDepth = 4;
const keptBackups = 20;

/** Opens the graph files below `workspace`; backups go to `home`. */
export function openGraphFiles(workspace: string, home: string): GraphFiles {
  let lastWrite: Promise<unknown> = Promise.resolve();
  const locate = (path: string) => confine(workspace, path);
  const read = async (path: string): Promise<GraphFile> => {
    const text = await readFile(await locate(path), 'utf8').catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) throw notFound(path);
      throw error;
    });
    return { path, text, revision: revisionOf(text), isTemplate: isTemplate(path) };
  };
  return {
    list: async () => {
      const paths = await findGraphs(workspace, workspace, 0);
      return Promise.all(paths.map((path) => summarize(workspace, path)));
    },
    read,
    write(change) {
      // One write at a time: the check of the revision and the rename belong together.
      const written = lastWrite.then(() => writeChecked(change, { locate, read, home }));
      lastWrite = written.catch(() => undefined);
      return written;
    },
    resolve: locate,
  };
}

type Writing = {
  readonly locate: GraphFiles['resolve'];
  readonly read: GraphFiles['read'];
  readonly home: string;
};

async function writeChecked(
  { path, text, revision }: Parameters<GraphFiles['write']>[0],
  { locate, read, home }: Writing,
): Promise<GraphFile> {
  const target = await locate(path);
  const canonical = printDocument(parseDocument(text));
  const current = await read(path).catch((error: unknown) => {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  });
  if ((current?.revision ?? null) !== revision)
    throw new HttpError(409, {
      code: 'stale',
      problem: {
        path,
        message: 'expected the revision that was read, but the file has changed since',
      },
      details: { theirs: current ?? null },
    });
  if (current !== undefined && current.text !== canonical) await backUp(target, path, home);
  if (current?.text !== canonical) await replaceDurably(target, canonical);
  return { path, text: canonical, revision: revisionOf(canonical), isTemplate: isTemplate(path) };
}

/** Keeps the last versions below `.radiograph/backups/<path>/`. */
async function backUp(target: string, path: string, home: string): Promise<void> {
  const folder = join(home, 'backups', ...path.split('/'));
  await mkdir(folder, { recursive: true });
  const stamp = new Date().toISOString().replaceAll(':', '-');
  await copyFile(target, join(folder, `${stamp}${extension}`));
  const old = (await readdir(folder)).sort().slice(0, -keptBackups);
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

/** 64 bits of the digest of the bytes: equal text has an equal revision, whoever wrote it. */
function revisionOf(text: string): string {
  return sha256Hex(text).slice(0, 16);
}

function isTemplate(path: string): boolean {
  return path.startsWith('examples/');
}

async function confine(workspace: string, path: string): Promise<string> {
  const root = await realpath(workspace);
  const target = resolve(root, path);
  if (!path.endsWith(extension) || path.includes('\0'))
    throw new HttpError(400, {
      code: 'usage',
      problem: { path, message: `expected a path ending with ${extension}` },
    });
  const real = await followLinks(target);
  if (!real.startsWith(root + sep))
    throw new HttpError(403, {
      code: 'refused',
      problem: { path, message: 'expected a path inside the workspace' },
    });
  return real;
}

/** The real path of what exists, with the rest appended: a link in the middle is followed also for a new file. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    if (dirname(path) === path) return path;
    return join(await followLinks(dirname(path)), basename(path));
  }
}

async function findGraphs(workspace: string, folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isFile() && entry.name.endsWith(extension))
        return [relative(workspace, path).split(sep).join('/')];
      const isOpen =
        entry.isDirectory() && !entry.name.startsWith('.') && !skippedFolders.has(entry.name);
      return isOpen && depth < maximumDepth ? findGraphs(workspace, path, depth + 1) : [];
    }),
  );
  return found.flat().sort();
}

async function summarize(workspace: string, path: string): Promise<GraphSummary> {
  const file = join(workspace, path);
  const [text, { mtime }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
  const common = { path, modifiedAt: mtime.toISOString(), isTemplate: isTemplate(path) };
  try {
    const { name, description, nodes } = parseDocument(text);
    return { ...common, name, description, nodes: Object.keys(nodes).length, problem: null };
  } catch (error) {
    if (!(error instanceof RadiographError)) throw error;
    return {
      ...common,
      name: path,
      description: '',
      nodes: 0,
      problem: error.problems[0]!.message,
    };
  }
}

function notFound(path: string): HttpError {
  const problem = { path, message: 'expected a graph file, got nothing' };
  return new HttpError(404, { code: 'missing', problem });
}

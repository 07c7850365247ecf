/** From a graph file on the command line to a proved graph. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import {
  applyVariants,
  type Cell,
  checkGraph,
  dataError,
  findParam,
  type Graph,
  type GraphDocument,
  parseDocument,
  RadiographError,
  setParams,
  validateGraph,
} from '@radiograph/graph';
import { chooseNodes, type Part } from './choose-nodes.ts';
import { registry } from './registry.ts';

/** The `.radiograph` folder: RADIOGRAPH_HOME, or in the working folder; made when it is needed. @throws a usage error if it is a file. */
export function findHome(): string {
  const home = resolve(process.env.RADIOGRAPH_HOME ?? join(process.cwd(), '.radiograph'));
  if (isFolderOrFree(home)) return home;
  throw new RadiographError('usage', {
    path: process.env.RADIOGRAPH_HOME === undefined ? home : `RADIOGRAPH_HOME ${home}`,
    message: 'expected a folder, or a place for one, got a file',
  });
}

function isFolderOrFree(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch (error) {
    // Below a file (`a.txt/home`) nothing can be made; other faults are told where the folder is used.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOTDIR');
  }
}

/** What the command line changes about a graph. */
export type Changes = {
  /** `node.param=value`, over whatever a variant says. */
  readonly set?: readonly string[];
  /** `axis=value`: these values of the graph's variants. */
  readonly variant?: readonly string[];
  /** In place of the graph's. */
  readonly seed?: string;
  /** Reads the text from standard input; the path only names it. */
  readonly stdin?: boolean;
};

/** Reads a graph file. @throws a data error if it cannot be read, a graph error with every problem of shape. */
export async function readDocument(
  path: string,
  { set = [], variant = [], seed, stdin = false }: Changes = {},
): Promise<GraphDocument> {
  const text = stdin ? await readText(process.stdin) : await readGraphFile(path);
  const document = parseFile(text, path);
  const chosen = variant.length === 0 ? document : applyVariants(document, parseCell(variant));
  const seeded = seed === undefined ? chosen : { ...chosen, seed: parseSeed(seed) };
  return setParams(seeded, parseSettings(set));
}

async function readGraphFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw dataError(path, `expected a graph file, got ${why}`);
  });
}

/** Broken JSON has no path inside the document: the file is its place. */
function parseFile(text: string, path: string): GraphDocument {
  try {
    return parseDocument(text);
  } catch (error) {
    if (!(error instanceof RadiographError)) throw error;
    const problems = error.problems.map((problem) => ({ ...problem, path: problem.path || path }));
    throw new RadiographError(error.code, problems, { cause: error });
  }
}

/** A proved graph, and which of its nodes must come to a result: all, or `only` these. */
type Opened = { readonly graph: Graph; readonly only?: readonly string[] };

/** Reads a graph file and proves what of it is wanted. */
export async function openGraph(path: string, flags: Changes & Part = {}): Promise<Opened> {
  const document = await readDocument(path, flags);
  const part = chooseNodes(document, flags);
  const graph = validateGraph(document, registry, part);
  assertSettings(document, flags);
  return { graph, ...part };
}

/** A parameter that was set by name matters, also where a part of the graph that does not need its node is asked for. */
function assertSettings(document: GraphDocument, { set = [] }: Changes): void {
  const targets = Object.keys(parseSettings(set)).map((key) => findParam(document, key));
  const places = targets.flatMap((target) =>
    typeof target === 'object' ? [`nodes.${target.nodeId}.params`] : [],
  );
  const problems = checkGraph(document, registry).filter(({ path }) =>
    places.some((place) => path === place || path.startsWith(`${place}.`)),
  );
  if (problems.length > 0) throw new RadiographError('graph', problems);
}

type Settings = Parameters<typeof setParams>[1];

function parseSeed(text: string): number {
  const seed = Number(text);
  if (text !== '' && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  throw new RadiographError('usage', {
    path: '--seed',
    message: `expected a whole number from 0 to ${2 ** 32 - 1}, got ${text}`,
  });
}

/** `axis=value` of several axes; the last of an axis counts. */
export function parseCell(variants: readonly string[]): Cell {
  return Object.fromEntries(variants.map((variant) => splitAt(variant, '--variant', 'axis=value')));
}

/** `node.param=value`; the value is JSON where it parses as JSON, text otherwise. */
function parseSettings(settings: readonly string[]): Settings {
  return Object.fromEntries(
    settings.map((setting) => {
      const [name, value] = splitAt(setting, '--set', 'node.param=value');
      return [name, parseValue(value)];
    }),
  );
}

function splitAt(text: string, flag: string, form: string): readonly [string, string] {
  const split = text.indexOf('=');
  if (split >= 1) return [text.slice(0, split), text.slice(split + 1)];
  throw new RadiographError('usage', { path: `${flag} ${text}`, message: `expected ${form}` });
}

function parseValue(text: string): Settings[string] {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

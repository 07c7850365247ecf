/** From a graph file on the command line to a proved graph. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  dataError,
  type Graph,
  type GraphDocument,
  parseDocument,
  RadiographError,
  setParams,
  validateGraph,
} from '@radiograph/graph';
import { registry } from './registry.ts';

/** The `.radiograph` folder: RADIOGRAPH_HOME, or in the working folder. */
export function findHome(): string {
  return resolve(process.env.RADIOGRAPH_HOME ?? join(process.cwd(), '.radiograph'));
}

/** Reads a graph file. @throws a data error if it cannot be read, a graph error with every problem of shape. */
export async function readDocument(
  path: string,
  settings: readonly string[],
): Promise<GraphDocument> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw dataError(path, `expected a graph file, got ${why}`);
  });
  return setParams(parseFile(text, path), parseSettings(settings));
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

/** Reads and proves a graph file. */
export async function openGraph(path: string, settings: readonly string[]): Promise<Graph> {
  return validateGraph(await readDocument(path, settings), registry);
}

type Settings = Parameters<typeof setParams>[1];

/** `node.param=value`; the value is JSON where it parses as JSON, text otherwise. */
function parseSettings(settings: readonly string[]): Settings {
  return Object.fromEntries(
    settings.map((setting) => {
      const split = setting.indexOf('=');
      if (split < 1)
        throw new RadiographError('usage', {
          path: `--set ${setting}`,
          message: 'expected node.param=value',
        });
      return [setting.slice(0, split), parseValue(setting.slice(split + 1))];
    }),
  );
}

function parseValue(text: string): Settings[string] {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

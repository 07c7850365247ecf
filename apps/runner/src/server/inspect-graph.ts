/** One truth about a graph: its problems, its plan, and whether it may run come from here. */
import {
  checkGraph,
  closureOf,
  type GraphDocument,
  type Problem,
  parseDocument,
  planGraph,
  RadiographError,
  type Step,
  validateGraph,
  validateSound,
} from '@radiograph/graph';
import { checkSources, openServices } from '@radiograph/runtime';
import type { Services } from './services.ts';

type Asked = {
  readonly text: string;
  /** The graph's file, relative to the workspace; it need not be there. */
  readonly path: string;
  readonly only?: readonly string[] | null;
};

export type Inspection = { readonly problems: readonly Problem[]; readonly steps: readonly Step[] };

const dataSetBy = 'the field Data folder, in the inspector while nothing is selected';

/** Problems of the document and of the files that it names, and the plan of what can run all the same. */
export async function inspectGraph(
  { text, path, only = null }: Asked,
  from: Services,
): Promise<Inspection> {
  const document = tryParse(text);
  if (document instanceof RadiographError) return { problems: document.problems, steps: [] };
  const graph = validateSound(document, from.registry);
  const opened = await open(document, path, from);
  const problems = [
    ...checkGraph(document, from.registry),
    ...(await checkSources(graph, opened.services)),
  ];
  const part = only === null ? {} : { only };
  const { steps } = await planGraph(graph, opened.services, { ...part, missing: 'skip' });
  await opened.save();
  return { problems, steps };
}

/** The document, if it, or the part of it that is asked for, could run now. @throws {RadiographError} with every problem of it. */
export async function assertRuns(
  { text, path, only = null }: Asked,
  from: Services,
): Promise<GraphDocument> {
  const document = parseDocument(text);
  const part = only === null ? {} : { only };
  const graph = validateGraph(document, from.registry, part);
  const wanted = only === null ? undefined : closureOf(document.edges, only, 'before');
  const nodes = graph.nodes.filter(({ id }) => wanted?.has(id) ?? true);
  const missing = await checkSources({ nodes }, (await open(document, path, from)).services);
  if (missing.length > 0) throw new RadiographError('data', missing);
  return document;
}

async function open({ data }: GraphDocument, path: string, from: Services) {
  const { home, packages, engine, files } = from;
  const graphPath = await files.resolve(path);
  return openServices({ home, graphPath, data, dataSetBy, packages, engine });
}

function tryParse(text: string): GraphDocument | RadiographError {
  try {
    return parseDocument(text);
  } catch (error) {
    if (error instanceof RadiographError) return error;
    throw error;
  }
}

import { setImmediate } from 'node:timers/promises';
import { type api, mostCells, type VariantCell } from '@radiograph/api';
import {
  applyVariants,
  type Cell,
  canonicalJson,
  type GraphDocument,
  parseDocument,
  RadiographError,
  sha256Hex,
} from '@radiograph/graph';
import { type RunDetails, readRunDetails, summarizeRuns } from '@radiograph/runtime';
import { createScoreReader, type ReadScores } from '../run-scores.ts';
import type { Handlers } from '../serve-route.ts';
import type { Services } from '../services.ts';

const readRuns = 300; // newest first; an older ablation is found by its files

/** The cells of a graph's variants with what their runs scored. */
export function cellHandlers(services: Services): Handlers<typeof api.variants> {
  const readScores = createScoreReader(services);
  return {
    cells: async ({ body }) => {
      const document = parseDocument(body.text);
      const runs = await indexRuns(services.home);
      const cells = listCells(document.variants ?? {}).slice(0, mostCells);
      const read = cells.map((cell) => readCell(cell, document, { runs, readScores }));
      return { cells: await Promise.all(read) };
    },
  };
}

/** All combinations, one value of every axis each; no axes, no cells. */
export function listCells(variants: NonNullable<GraphDocument['variants']>): readonly Cell[] {
  const axes = Object.entries(variants);
  if (axes.length === 0) return [];
  return axes.reduce<Cell[]>(
    (cells, [axis, values]) =>
      cells.flatMap((cell) => Object.keys(values).map((value) => ({ ...cell, [axis]: value }))),
    [{}],
  );
}

/** What a graph computes: its nodes, parameters, wires and seed, without names, drawing and variants. */
export function digestOf({ seed, nodes, edges }: GraphDocument): string {
  const steps = Object.entries(nodes).map(([id, { type, version, params, disabled = false }]) => [
    id,
    { type, version, params, disabled },
  ]);
  const wires = edges.map(({ from, to }) => `${from} -> ${to}`).sort();
  return sha256Hex(canonicalJson({ seed, nodes: Object.fromEntries(steps), wires }));
}

/** Finished runs by what they computed; of several the newest. */
async function indexRuns(home: string): Promise<ReadonlyMap<string, RunDetails>> {
  const found = new Map<string, RunDetails>();
  const summaries = await summarizeRuns(home, readRuns);
  for (const { runId, status } of summaries) {
    if (status !== 'done') continue;
    const run = await readRunDetails(home, runId);
    const digest = digestOf(parseDocument(run.graphText));
    if (!found.has(digest)) found.set(digest, run);
    await setImmediate(); // parsing many documents must not hold up the stream
  }
  return found;
}

type Sources = {
  readonly runs: ReadonlyMap<string, RunDetails>;
  readonly readScores: ReadScores;
};

async function readCell(
  cell: Cell,
  document: GraphDocument,
  { runs, readScores }: Sources,
): Promise<VariantCell> {
  const applied = tryVariants(document, cell);
  if (applied instanceof RadiographError)
    return { cell, problem: applied.message, runId: null, scores: [] };
  const run = runs.get(digestOf(applied));
  if (run === undefined) return { cell, problem: null, runId: null, scores: [] };
  return { cell, problem: null, runId: run.runId, scores: [...(await readScores(run.runId))] };
}

function tryVariants(document: GraphDocument, cell: Cell): GraphDocument | RadiographError {
  try {
    return applyVariants(document, cell);
  } catch (error) {
    if (error instanceof RadiographError) return error;
    throw error;
  }
}

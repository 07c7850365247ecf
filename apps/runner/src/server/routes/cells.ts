import { setImmediate } from 'node:timers/promises';
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
import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';
import { createScoreReader, NodeScore, type ReadScores } from '../run-scores.ts';
import type { Services } from '../services.ts';

const CellReply = z.strictObject({
  cell: z.record(z.string(), z.string()),
  /** Why the cell is no graph; null when it is one. */
  problem: z.string().nullable(),
  /** The newest finished run of exactly this graph, whatever it is called and however it is drawn. */
  runId: z.string().nullable(),
  scores: z.array(NodeScore),
});
type CellReply = z.infer<typeof CellReply>;

const mostCells = 256;
const readRuns = 300; // newest first; an older ablation is found by its files

/** The cells of a graph's variants with what their runs scored. */
export function cellRoutes(services: Services): readonly Route[] {
  const readScores = createScoreReader(services);
  return [
    defineRoute({
      method: 'post',
      path: '/api/cells',
      summary: `Every combination of a graph's variants (at most ${mostCells}) with the newest run of it and its scores.`,
      body: z.strictObject({ text: z.string() }),
      reply: z.strictObject({ cells: z.array(CellReply) }),
      handle: async ({ body }) => {
        const document = parseDocument(body.text);
        const runs = await indexRuns(services.home);
        const cells = listCells(document.variants ?? {}).slice(0, mostCells);
        return {
          cells: await Promise.all(
            cells.map((cell) => readCell(cell, document, { runs, readScores })),
          ),
        };
      },
    }),
  ];
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
): Promise<CellReply> {
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

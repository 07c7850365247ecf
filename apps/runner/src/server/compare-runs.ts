/** Any two runs against each other: what can be compared is, the rest is said. */
import type { Comparison } from '@radiograph/api';
import { diffDocuments, parseDocument, RadiographError } from '@radiograph/graph';
import type { Scores } from '@radiograph/kinds';
import { type RunDetails, readRunDetails } from '@radiograph/runtime';
import { comparePair } from './compare-pair.ts';
import { HttpError } from './http-error.ts';
import { listScores } from './run-scores.ts';
import type { Services } from './services.ts';

type Asked = { readonly runId: string; readonly nodeId: string | null };
type Side = {
  readonly name: 'a' | 'b';
  readonly run: RunDetails;
  /** By node. */
  readonly scores: ReadonlyMap<string, Scores>;
  /** Nodes whose scores left the store. */
  readonly lost: readonly string[];
};

/** Compares `b` with `a`. @throws for runs that are not there, and for a node that was asked for and made no scores. */
export async function compareRuns(
  asked: { readonly a: Asked; readonly b: Asked; readonly replicates?: number },
  services: Services,
): Promise<Comparison> {
  const [a, b] = await Promise.all([
    readSide('a', asked.a, services),
    readSide('b', asked.b, services),
  ]);
  const [nodeA, nodeB] = chooseNodes(a, b, asked);
  const [left, right] = [a.scores.get(nodeA ?? ''), b.scores.get(nodeB ?? '')];
  const { replicates } = asked;
  const options = replicates === undefined ? {} : { replicates };
  return {
    a: { nodeId: nodeA, nodes: [...a.scores.keys()] },
    b: { nodeId: nodeB, nodes: [...b.scores.keys()] },
    notes: [
      ...noteSide(a, nodeA),
      ...noteSide(b, nodeB),
      ...(left && right ? noteCommon(left, right) : []),
    ],
    scores: left && right ? comparePair(left, right, options) : null,
    graphChanges: compareGraphs(a.run, b.run),
  };
}

async function readSide(
  name: Side['name'],
  { runId, nodeId }: Asked,
  { home, registry, loadArtifact }: Services,
): Promise<Side> {
  const run = await readRunDetails(home, runId);
  const scores = new Map<string, Scores>();
  const lost: string[] = [];
  for (const place of listScores(run, registry)) {
    const loaded = await loadArtifact(place.digest).catch(forgiveLoss);
    if (loaded === undefined) lost.push(place.nodeId);
    else scores.set(place.nodeId, loaded.value as Scores); // the port that made it says so
  }
  if (nodeId === null || scores.has(nodeId) || lost.includes(nodeId))
    return { name, run, scores, lost };
  const known = [...scores.keys()].join(', ') || 'none';
  const message = `expected a node that made scores (${known}), got ${nodeId}`;
  throw new HttpError(400, { code: 'usage', problem: { path: `${name}: run ${runId}`, message } });
}

function forgiveLoss(error: unknown): undefined {
  if (error instanceof HttpError && error.status === 404) return undefined;
  throw error;
}

/** What was asked for; else a node that both have; else the first of each. */
function chooseNodes(
  a: Side,
  b: Side,
  asked: { readonly a: Asked; readonly b: Asked },
): readonly [string | null, string | null] {
  const common = [...a.scores.keys()].find((id) => b.scores.has(id));
  const firstOf = ({ scores }: Side) => common ?? scores.keys().next().value ?? null;
  return [asked.a.nodeId ?? firstOf(a), asked.b.nodeId ?? firstOf(b)];
}

const ended = {
  done: '',
  failed: 'failed',
  canceled: 'was canceled',
  running: 'still runs',
  interrupted: 'was interrupted',
} as const;

function noteSide({ name, run, scores, lost }: Side, chosen: string | null): string[] {
  const { status, error } = run;
  const notes: string[] = [];
  if (status !== 'done')
    notes.push(
      `${name} ${ended[status]}${error === null ? '' : `: ${error}`}. What it finished is compared.`,
    );
  if (lost.length > 0)
    notes.push(
      `${name}: the scores of ${lost.join(', ')} left the store; run its graph again to make them.`,
    );
  if (scores.size === 0 && lost.length === 0)
    notes.push(`${name} made no scores: it has no evaluator (as core.miou) that finished.`);
  if (scores.size > 1)
    notes.push(
      `${name} has several evaluators (${[...scores.keys()].join(', ')}); ${chosen} is compared.`,
    );
  return notes;
}

function noteCommon(a: Scores, b: Scores): string[] {
  const only = (own: readonly string[], other: readonly string[]) => {
    const known = new Set(other);
    return own.filter((one) => !known.has(one));
  };
  const classes = [
    ['a', only(a.classes, b.classes)],
    ['b', only(b.classes, a.classes)],
  ] as const;
  const images = [
    ['a', only(a.ids, b.ids).length],
    ['b', only(b.ids, a.ids).length],
  ] as const;
  const isApart = (own: readonly string[], other: readonly string[]) =>
    only(own, other).length === own.length;
  return [
    ...classes.flatMap(([name, list]) =>
      list.length === 0 ? [] : [`Only ${name} has ${list.join(', ')}: not compared.`],
    ),
    ...images.flatMap(([name, count]) =>
      count === 0 ? [] : [`Only ${name} scored ${count} of the images: not compared.`],
    ),
    ...(isApart(a.ids, b.ids)
      ? ['No image was scored by both: a difference needs the same images.']
      : []),
    ...(isApart(a.classes, b.classes)
      ? ['No class is in both: a difference needs the same classes.']
      : []),
  ];
}

/** Null where a record lost its graph, or an older version wrote one that is none today. */
function compareGraphs(a: RunDetails, b: RunDetails): Comparison['graphChanges'] {
  try {
    return diffDocuments(parseDocument(a.graphText), parseDocument(b.graphText));
  } catch (error) {
    if (error instanceof RadiographError) return null;
    throw error;
  }
}

/** Finished runs as an experiment: arms with their scores by seed, the readers, and what differs in the graphs. */
import {
  createRegistry,
  type DocumentChange,
  diffDocuments,
  type GraphDocument,
  listAccepted,
  parseDocument,
  RadiographError,
  type Registry,
} from '@radiograph/graph';
import type { Scores } from '@radiograph/kinds';
import { type NodePackage, nodeTypesOf, openStore, readRunDetails } from '@radiograph/runtime';
import type { Arm } from '@radiograph/statistics';
import type { CellState } from '../run/sweep-details.ts';
import { nameArms } from './arm-names.ts';

/** One finished run of an arm. `outputs`: artifact digest by output port, by node. */
export type Member = {
  readonly arm: string;
  readonly seed: number;
  readonly document: GraphDocument;
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

/** What is compared. */
export type Experiment = {
  /** The node and port whose scores are compared, `miou.scores`. */
  readonly measure: string;
  readonly members: readonly Member[];
  readonly arms: readonly Arm[];
  /** Human readers on the same images, where a node made their scores (a port named `readers`). */
  readonly readers: Arm | undefined;
  /** What each arm changes in the graph of the first one. */
  readonly changes: readonly {
    readonly arm: string;
    readonly changes: readonly DocumentChange[];
  }[];
};

export type ExperimentPlace = { readonly home: string; readonly packages: readonly NodePackage[] };

/** The members of a sweep: its finished cells, also of one that still runs. */
export async function listMembers(
  home: string,
  { cells }: { readonly cells: readonly CellState[] },
): Promise<Member[]> {
  const members: Member[] = [];
  const names = nameArms(cells);
  for (const { arm, seed, outputs, runId, status } of cells) {
    if (status !== 'done' || runId === null) continue;
    const { graphText } = await readRunDetails(home, runId);
    members.push({ arm: names.get(arm)!, seed, outputs, document: parseDocument(graphText) });
  }
  return members;
}

/** Single runs as arms of one seed each, named by their ids, so that images are paired whatever the seeds of their graphs. */
export async function membersOfRuns(home: string, runIds: readonly string[]): Promise<Member[]> {
  return Promise.all(
    runIds.map(async (runId) => {
      const { graphText, steps } = await readRunDetails(home, runId);
      const outputs = Object.entries(steps).map(([id, step]) => [id, step.outputs]);
      return {
        arm: runId,
        seed: 0,
        document: parseDocument(graphText),
        outputs: Object.fromEntries(outputs),
      };
    }),
  );
}

/**
 * Loads the scores of all members. `measure` names a node that made scores; by default the first one that all members have.
 *
 * @throws a usage error if there is none.
 */
export async function openExperiment(
  members: readonly Member[],
  { home, packages }: ExperimentPlace,
  measure?: string,
): Promise<Experiment> {
  const registry = createRegistry(nodeTypesOf(packages));
  const common = findScores(members, registry);
  const measures = common.filter((name) => !isReaders(name));
  const chosen = measures.find((name) => measure === undefined || name.split('.')[0] === measure);
  if (chosen === undefined)
    throw new RadiographError('usage', {
      path: measure ?? 'scores',
      message:
        measures.length === 0
          ? 'expected a node that made scores (core.miou) in every run, got none'
          : `expected ${listAccepted(measure ?? '', measures)}`,
    });
  const { get } = openStore(home);
  const load = async (member: Member, name: string): Promise<Scores> => {
    const [nodeId, port] = name.split('.') as [string, string];
    return (await get(member.outputs[nodeId]![port]!)).value as Scores; // the port's kind says so
  };
  const readersName = common.find(isReaders);
  return {
    measure: chosen,
    members,
    arms: await collectArms(members, (member) => load(member, chosen)),
    readers:
      readersName === undefined
        ? undefined
        : await collectReaders(members, (member) => load(member, readersName)),
    changes: listChanges(members),
  };
}

const isReaders = (name: string): boolean => name.endsWith('.readers');

/** `node.port` of scores that every member has, in the order of the first member's nodes. */
function findScores(members: readonly Member[], registry: Registry): string[] {
  const [first] = members;
  if (first === undefined) return [];
  return Object.entries(first.document.nodes).flatMap(([nodeId, { type }]) =>
    Object.entries(registry.get(type)?.outputs ?? {})
      .filter(([, { kind }]) => kind === 'scores')
      .filter(([port]) => members.every(({ outputs }) => outputs[nodeId]?.[port] !== undefined))
      .map(([port]) => `${nodeId}.${port}`),
  );
}

/** Names of arms in the order in which they first appear. */
export const armNames = (members: readonly Member[]): string[] => [
  ...new Set(members.map(({ arm }) => arm)),
];

async function collectArms(
  members: readonly Member[],
  load: (member: Member) => Promise<Scores>,
): Promise<Arm[]> {
  return Promise.all(
    armNames(members).map(async (name) => ({
      name,
      seeds: await Promise.all(
        members
          .filter(({ arm }) => arm === name)
          .map(async (member) => ({ seed: member.seed, scores: await load(member) })),
      ),
    })),
  );
}

/** Readers do not depend on the arm: one member of each seed is enough. */
async function collectReaders(
  members: readonly Member[],
  load: (member: Member) => Promise<Scores>,
): Promise<Arm> {
  const seeds = [...new Set(members.map(({ seed }) => seed))];
  const chosen = seeds.map((seed) => members.find((member) => member.seed === seed)!);
  const scores = chosen.map(async (member) => ({ seed: member.seed, scores: await load(member) }));
  return { name: 'human readers', seeds: await Promise.all(scores) };
}

/** Members of the same seed are compared where there are any; else what differs includes the seed. */
function listChanges(members: readonly Member[]): Experiment['changes'] {
  const [first] = members;
  if (first === undefined) return [];
  return armNames(members)
    .slice(1)
    .map((arm) => {
      const own = members.filter((member) => member.arm === arm);
      const { document } = own.find(({ seed }) => seed === first.seed) ?? own[0]!;
      const changes = diffDocuments(first.document, document);
      return { arm, changes: changes.filter(({ part }) => part !== 'drawing') };
    });
}

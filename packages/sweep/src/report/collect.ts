/** What a report shows besides scores: training losses, threshold curves and figures, found by the kind of a port and not by its node. */
import { createRegistry, type PortKind, type Registry, splitReference } from '@radiograph/graph';
import type { Figure, Masks, Predictions, Table } from '@radiograph/kinds';
import { nodeTypesOf, openStore, type Store } from '@radiograph/runtime';
import type { Experiment, ExperimentPlace, Member } from '../compare/experiment.ts';
import { measureThresholds, type ThresholdCurves } from './threshold-curves.ts';

/** Training curves of one node: the column `loss` by `epoch`, one entry per member. */
export type LossCurves = {
  readonly nodeId: string;
  readonly curves: readonly {
    readonly arm: string;
    readonly seed: number;
    readonly points: readonly { readonly epoch: number; readonly loss: number }[];
  }[];
};

export type Montage = {
  readonly arm: string;
  readonly seed: number;
  readonly nodeId: string;
  readonly figure: Figure;
};

export type Extras = {
  readonly losses: readonly LossCurves[];
  readonly thresholds: readonly {
    readonly arm: string;
    readonly curves: readonly ThresholdCurves[];
  }[];
  readonly montages: readonly Montage[];
};

/** Loads the extras of an experiment. */
export async function collectExtras(
  experiment: Experiment,
  { home, packages }: ExperimentPlace,
): Promise<Extras> {
  const sources = { store: openStore(home), registry: createRegistry(nodeTypesOf(packages)) };
  return {
    losses: await collectLosses(experiment.members, sources),
    thresholds: await collectThresholds(experiment, sources),
    montages: await collectMontages(experiment.members, sources),
  };
}

type Sources = { readonly store: Store; readonly registry: Registry };

/** Outputs of a kind in a member, in the order of its nodes. */
function listOutputs(member: Member, kind: PortKind, registry: Registry) {
  return Object.entries(member.document.nodes).flatMap(([nodeId, { type }]) =>
    Object.entries(registry.get(type)?.outputs ?? {}).flatMap(([port, output]) => {
      const digest = member.outputs[nodeId]?.[port];
      return output.kind === kind && digest !== undefined ? [{ nodeId, port, digest }] : [];
    }),
  );
}

async function collectLosses(
  members: readonly Member[],
  { store, registry }: Sources,
): Promise<LossCurves[]> {
  const seen = new Set<string>();
  const byNode = new Map<string, LossCurves['curves'][number][]>();
  for (const member of members) {
    for (const { nodeId, digest } of listOutputs(member, 'table', registry)) {
      if (seen.has(digest)) continue; // arms share it
      seen.add(digest);
      const points = readLosses((await store.get(digest)).value as Table); // the port's kind says so
      const { arm, seed } = member;
      const curves = byNode.get(nodeId) ?? [];
      if (points.length > 0) byNode.set(nodeId, [...curves, { arm, seed, points }]);
    }
  }
  return [...byNode].map(([nodeId, curves]) => ({ nodeId, curves }));
}

function readLosses({ columns, rows }: Table): { epoch: number; loss: number }[] {
  const [epoch, loss] = [columns.indexOf('epoch'), columns.indexOf('loss')];
  if (epoch < 0 || loss < 0) return [];
  return rows.flatMap((row) => {
    const [at, value] = [row[epoch], row[loss]];
    return typeof at === 'number' && typeof value === 'number' ? [{ epoch: at, loss: value }] : [];
  });
}

/** From the predictions and masks that are wired into the node whose scores are compared. */
async function collectThresholds(
  { members, measure, arms }: Experiment,
  { store, registry }: Sources,
): Promise<Extras['thresholds']> {
  const scorer = splitReference(measure).nodeId;
  const curvesOf = async (member: Member): Promise<ThresholdCurves[]> => {
    const wires = member.document.edges.filter(({ to }) => splitReference(to).nodeId === scorer);
    const digestOf = (kind: PortKind) =>
      listOutputs(member, kind, registry).find(({ nodeId, port }) =>
        wires.some(({ from }) => from === `${nodeId}.${port}`),
      )?.digest;
    const [predictions, masks] = [digestOf('predictions'), digestOf('masks')];
    if (predictions === undefined || masks === undefined) return [];
    const predicted = (await store.get(predictions)).value as Predictions; // the ports' kinds say so
    return [measureThresholds(predicted, (await store.get(masks)).value as Masks)];
  };
  const collected: Extras['thresholds'][number][] = [];
  for (const { name } of arms) {
    const curves: ThresholdCurves[] = [];
    for (const member of members) if (member.arm === name) curves.push(...(await curvesOf(member)));
    if (curves.length > 0) collected.push({ arm: name, curves });
  }
  return collected;
}

/** The figures of each arm's first seed; one that arms share is shown once. */
async function collectMontages(
  members: readonly Member[],
  { store, registry }: Sources,
): Promise<Montage[]> {
  const seen = new Set<string>();
  const montages: Montage[] = [];
  const isFirst = (member: Member) => members.find(({ arm }) => arm === member.arm) === member;
  for (const member of members.filter(isFirst)) {
    for (const { nodeId, digest } of listOutputs(member, 'figure', registry)) {
      if (seen.has(digest)) continue;
      seen.add(digest);
      const figure = (await store.get(digest)).value as Figure; // the port's kind says so
      montages.push({ arm: member.arm, seed: member.seed, nodeId, figure });
    }
  }
  return montages;
}

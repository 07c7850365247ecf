/** The best epochs of a training so far: their scores and weights, as one checkpoint entry. */
import type { HostTensor, NamedTensors } from '@radiograph/tensor';
import type { Best } from './training-state.ts';

/** Best first; `weights` holds those of epoch i under `i/`. */
export type BestEpochs = Best<{ readonly scores: readonly number[] }>;

/** Adds an epoch and keeps the best `count`; among equals the later one comes first. */
export function keepBest(
  known: BestEpochs | undefined,
  epoch: { readonly score: number; readonly weights: NamedTensors },
  count: number,
): BestEpochs {
  const rest = (known?.scores ?? []).map((score, i) => ({ score, weights: weightsAt(known!, i) }));
  const place = rest.findIndex(({ score }) => epoch.score >= score);
  const sorted = rest.toSpliced(place < 0 ? rest.length : place, 0, epoch).slice(0, count);
  return {
    scores: sorted.map(({ score }) => score),
    weights: new Map(
      sorted.flatMap(({ weights }, i) =>
        [...weights].map(([name, tensor]): [string, HostTensor] => [`${i}/${name}`, tensor]),
      ),
    ),
  };
}

/** The weights of the kept epoch `index`, 0 = the best. */
export function weightsAt({ weights }: BestEpochs, index: number): NamedTensors {
  const prefix = `${index}/`;
  return new Map(
    [...weights].flatMap(([name, tensor]): [string, HostTensor][] =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
    ),
  );
}

/**
 * Where a training stands, as a checkpoint: weights, running statistics, optimizer state and step count, the place in the epoch, the history
 * and the best weights so far. Orders, mixing and dropout masks are drawn by counter from seed, epoch and step, so they need no state.
 */
import type { SavedArray, SavedState } from '@radiograph/graph';
import type { HostTensor, NamedTensors } from '@radiograph/tensor';
import type { Trainers } from './trainers.ts';

/** The best epoch so far: its weights, and what else the node keeps of it as JSON. */
export type Best<B> = B & { readonly weights: NamedTensors };

/** A training between two batches. */
export type TrainingState<B> = {
  readonly epoch: number;
  /** Batches of this epoch that are done. */
  readonly batch: number;
  /** Sum of their losses. */
  readonly total: number;
  /** The history of the epochs that are done. */
  readonly rows: readonly (readonly (number | null)[])[];
  readonly best: Best<B> | undefined;
};

/** Before the first batch. */
const untrained = { epoch: 0, batch: 0, total: 0, rows: [], best: undefined } as const;

/** Where an epoch begins: at its first batch, or where the checkpoint was taken. */
export function placeOf<B>(
  start: TrainingState<B>,
  now: Pick<TrainingState<B>, 'epoch' | 'rows' | 'best'>,
): TrainingState<B> {
  return now.epoch === start.epoch ? { ...start, ...now } : { ...now, batch: 0, total: 0 };
}

/** What a checkpoint keeps. */
export function saveTraining<B>(
  trainers: Trainers,
  { best, ...place }: TrainingState<B>,
): SavedState {
  const { step, weights, slots } = trainers.state();
  const { weights: bestWeights = new Map(), ...bestRest } = best ?? {};
  return {
    json: { ...place, step, best: best === undefined ? null : bestRest },
    arrays: new Map([
      ...withPrefix('weights', weights),
      ...withPrefix('slots', slots),
      ...withPrefix('best', bestWeights),
    ]),
  };
}

/** Puts the trainers where a checkpoint left them and gives its place; the first batch without a checkpoint. */
export function loadTraining<B>(
  trainers: Trainers,
  saved: SavedState | undefined,
): TrainingState<B> {
  if (saved === undefined) return untrained;
  // The checkpoint belongs to this step's key and its bytes were checked, so `saveTraining` of the same code wrote it.
  const { step, best, ...place } = saved.json as Omit<TrainingState<B>, 'best'> & {
    readonly step: number;
    readonly best: B | null;
  };
  trainers.restore({
    step,
    weights: takePrefix('weights', saved.arrays),
    slots: takePrefix('slots', saved.arrays),
  });
  const kept = best === null ? undefined : { ...best, weights: takePrefix('best', saved.arrays) };
  return { ...place, best: kept };
}

function withPrefix(prefix: string, tensors: NamedTensors): [string, HostTensor][] {
  return [...tensors].map(([name, tensor]) => [`${prefix}/${name}`, tensor]);
}

function takePrefix(prefix: string, arrays: ReadonlyMap<string, SavedArray>): NamedTensors {
  const taken = [...arrays]
    .filter(([name]) => name.startsWith(`${prefix}/`))
    .map(([name, { shape, data }]): [string, HostTensor] => {
      if (data instanceof Float32Array) return [name.slice(prefix.length + 1), { shape, data }];
      throw new Error(`internal: checkpoint array ${name} is not float32`);
    });
  return new Map(taken);
}

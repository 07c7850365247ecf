/** Trainers for every batch size of an epoch: a step is compiled for its shapes, and the last batch may be shorter. */
import type { NamedTensors, Trainer } from '@radiograph/tensor';

/** One trainer per batch size; weights and optimizer state move along. */
export type Trainers = {
  /** The trainer of this batch size, in the state that the last one left. */
  readonly at: (batchSize: number) => Promise<Trainer>;
  /** The current weights. `at` must have been called. */
  readonly weights: () => NamedTensors;
  readonly dispose: () => Promise<void>;
};

/** Compiles trainers as they are asked for. */
export function openTrainers(create: (batchSize: number) => Promise<Trainer>): Trainers {
  const open = new Map<number, Trainer>();
  let last: Trainer | undefined;
  return {
    async at(batchSize) {
      const trainer = open.get(batchSize) ?? (await create(batchSize));
      open.set(batchSize, trainer);
      if (last !== undefined && last !== trainer) trainer.restore(last.state());
      last = trainer;
      return trainer;
    },
    weights() {
      if (last === undefined) throw new Error('internal: weights of a network that never trained');
      return last.weights();
    },
    async dispose() {
      for (const trainer of open.values()) await trainer.dispose();
    },
  };
}

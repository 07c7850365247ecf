/** Trainers for every batch size of an epoch: a step is compiled for its shapes, and the last batch may be shorter. */
import { type NamedTensors, printBytes, type Trainer, type TrainerState } from '@radiograph/tensor';
import { z } from 'zod';

/** One trainer per batch size; weights and optimizer state move along. */
export type Trainers = {
  /** The trainer of this batch size, in the state that the last one left. */
  readonly at: (batchSize: number) => Promise<Trainer>;
  /** The current weights. `at` or `restore` must have been called. */
  readonly weights: () => NamedTensors;
  /** Copies of weights, optimizer state and step count. `at` or `restore` must have been called. */
  readonly state: () => TrainerState;
  /** The next step continues from here. */
  readonly restore: (state: TrainerState) => void;
  readonly dispose: () => Promise<void>;
};

/** Compiles trainers as they are asked for; `log` hears what each is predicted to need and what micro-batches change. */
export function openTrainers(
  create: (batchSize: number) => Promise<Trainer>,
  log: (line: string) => void = () => {},
): Trainers {
  const open = new Map<number, Trainer>();
  let last: Trainer | undefined;
  let restored: TrainerState | undefined;
  const state = (): TrainerState => {
    if (restored !== undefined) return restored;
    if (last === undefined) throw new Error('internal: state of a network that never trained');
    return last.state();
  };
  return {
    async at(batchSize) {
      const trainer = open.get(batchSize) ?? (await create(batchSize));
      if (!open.has(batchSize)) for (const line of describeTrainer(batchSize, trainer)) log(line);
      open.set(batchSize, trainer);
      if (restored !== undefined || (last !== undefined && last !== trainer))
        trainer.restore(state());
      restored = undefined;
      last = trainer;
      return trainer;
    },
    weights: () =>
      last === undefined || restored !== undefined ? state().weights : last.weights(),
    state,
    restore(saved) {
      restored = saved;
    },
    async dispose() {
      for (const trainer of open.values()) await trainer.dispose();
    },
  };
}

/** A node's parameter for micro-batches. */
export const microBatchParam = z
  .int()
  .min(0)
  .max(256)
  .default(0)
  .describe(
    'images computed at once: gradients of a batch are summed over such parts, in their memory; 0 = the whole batch',
  );

/** The trainer option of that parameter. */
export function microBatchOf(size: number): { readonly microBatch?: number } {
  return size === 0 ? {} : { microBatch: Math.max(2, size) }; // one image has no batch statistics
}

function describeTrainer(
  batchSize: number,
  { parameterCount, memory, deviations }: Trainer,
): string[] {
  const count = parameterCount.toLocaleString('en-US');
  const size = `${count} parameters, batches of ${batchSize}: up to about ${printBytes(memory.total)} of memory`;
  const differs = deviations.map(
    (why) => `micro-batches differ from batches of ${batchSize}: ${why}`,
  );
  return [size, ...differs];
}

/** Trainers for every batch size of an epoch: a step is compiled for its shapes, and the last batch may be shorter. */
import { type NamedTensors, printBytes, type Trainer, type TrainerState } from '@radiograph/tensor';

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

/** Compiles trainers as they are asked for; `log` hears what each is predicted to need. */
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
      if (!open.has(batchSize)) log(describeTrainer(batchSize, trainer));
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

function describeTrainer(batchSize: number, { parameterCount, memory }: Trainer): string {
  const count = parameterCount.toLocaleString('en-US');
  return `${count} parameters, batches of ${batchSize}: up to about ${printBytes(memory.total)} of memory`;
}

import type { Recorder, Sym } from '../ir/program.ts';
import { scalarKey, slotKey, type TrainerOptions, weightKey } from './stepper.ts';
import { inputVector, type Unit } from './units.ts';

type Update = {
  readonly options: TrainerOptions;
  readonly recorder: Recorder;
  /** `[length]` all. */
  readonly units: readonly {
    readonly unit: Unit;
    readonly vector: Sym;
    readonly gradient: Sym;
  }[];
};

/** Appends the optimizer to a recording; gives the new weights and the new optimizer state by input name. */
export function traceUpdate({ options, recorder, units }: Update): ReadonlyMap<string, Sym> {
  const { optimizer } = options;
  const updates = new Map<string, Sym>();
  const scalarNames = Object.keys(optimizer.scalars(1, 1));
  const scalars = Object.fromEntries(
    scalarNames.map((name) => [
      name,
      recorder.record('input', { name: scalarKey(name), shape: [] }, []),
    ]),
  );
  for (const { unit, vector, gradient } of units) {
    const slots = Object.fromEntries(
      optimizer.slots.map((slot) => [slot, inputVector(recorder, slotKey(slot, unit.name), unit)]),
    );
    const { scale } = unit;
    const next = optimizer.update({ parameter: vector, gradient, slots, scalars, scale });
    updates.set(weightKey(unit.name), next.parameter);
    for (const [slot, value] of Object.entries(next.slots))
      updates.set(slotKey(slot, unit.name), value);
  }
  return updates;
}

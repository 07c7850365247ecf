import type { Recorder, Sym } from '../ir/program.ts';
import type { Declaration } from '../model/scope.ts';
import type { Shape } from '../shape.ts';
import { scalarKey, slotKey, type TrainerOptions, weightKey } from './stepper.ts';

type Update = {
  readonly options: TrainerOptions;
  readonly recorder: Recorder;
  readonly trained: readonly {
    readonly declaration: Declaration;
    readonly sym: Sym;
    readonly gradient: Sym;
  }[];
};

type UpdateTrace = {
  /** New weights and optimizer state by input name. */
  readonly updates: ReadonlyMap<string, Sym>;
  readonly slotShapes: ReadonlyMap<string, Shape>;
};

/** Appends the optimizer to a recording. */
export function traceUpdate({ options, recorder, trained }: Update): UpdateTrace {
  const { optimizer, learningRateScale } = options;
  const slotShapes = new Map<string, Shape>();
  const updates = new Map<string, Sym>();
  const input = (name: string, shape: Shape) => recorder.record('input', { name, shape }, []);
  const scalarNames = Object.keys(optimizer.scalars(1, 1));
  const scalars = Object.fromEntries(scalarNames.map((name) => [name, input(scalarKey(name), [])]));
  for (const { declaration, sym, gradient } of trained) {
    const { name, shape } = declaration;
    const slots = Object.fromEntries(
      optimizer.slots.map((slot) => [slot, input(slotKey(slot, name), shape)]),
    );
    for (const slot of optimizer.slots) slotShapes.set(slotKey(slot, name), shape);
    const scale = learningRateScale?.(name) ?? 1;
    const next = optimizer.update({ parameter: sym, gradient, slots, scalars, scale });
    updates.set(weightKey(name), next.parameter);
    for (const [slot, value] of Object.entries(next.slots)) updates.set(slotKey(slot, name), value);
  }
  return { updates, slotShapes };
}

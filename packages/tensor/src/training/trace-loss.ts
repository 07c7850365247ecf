import { createRecorder, type Recorder, recordInto, type Sym } from '../ir/program.ts';
import { createScope, type Declaration } from '../model/scope.ts';
import type { Shape } from '../shape.ts';
import {
  type Loss,
  type Mask,
  maskKey,
  resultKey,
  type TrainerOptions,
  weightKey,
} from './stepper.ts';

/** The forward pass of a training step, in a recording that goes on. */
export type LossTrace = Required<Pick<Loss, 'loss' | 'outputs'>> &
  Pick<Loss, 'count'> & {
    readonly recorder: Recorder;
    readonly declarations: ReadonlyMap<string, Declaration>;
    /** Those that the optimizer changes, and their tensors. */
    readonly trained: readonly { readonly declaration: Declaration; readonly sym: Sym }[];
    /** New running statistics by input name. */
    readonly statistics: ReadonlyMap<string, Sym>;
    readonly masks: readonly Mask[];
  };

/** Records inputs, weights and the loss. */
export function traceLoss({ inputs, loss, frozen }: TrainerOptions): LossTrace {
  const recorder = createRecorder();
  const declarations = new Map<string, Declaration>();
  const syms = new Map<string, Sym>();
  const statistics = new Map<string, Sym>();
  const masks: Mask[] = [];
  const input = (name: string, shape: Shape) => recorder.record('input', { name, shape }, []);
  const scope = createScope({
    training: true,
    declare: (declaration) => {
      declarations.set(declaration.name, declaration);
      const sym = input(weightKey(declaration.name), declaration.shape);
      syms.set(declaration.name, sym);
      return sym;
    },
    update: (name, value) => void statistics.set(weightKey(name), value),
    dropoutMask: (shape, rate) => {
      masks.push({ shape, rate });
      return input(maskKey(masks.length - 1), shape);
    },
  });
  const fed = Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [name, input(name, shape)]),
  );
  const { outputs = {}, ...built } = recordInto(recorder, () => loss(fed, scope));
  const trained = [...declarations.values()]
    .filter(({ name, trainable }) => trainable && !frozen?.(name))
    .map((declaration) => ({ declaration, sym: syms.get(declaration.name)! }));
  return { ...built, outputs, recorder, declarations, trained, statistics, masks };
}

/** The ids of a program's results by name. */
export function idsOf(results: ReadonlyMap<string, Sym>): Record<string, number> {
  return Object.fromEntries([...results].map(([name, sym]) => [name, sym.id]));
}

/** The loss, what the loss function gives back, and the running statistics. */
export function resultsOf({ loss, outputs, statistics }: LossTrace): Map<string, Sym> {
  const named = Object.entries(outputs).map(([name, sym]) => [resultKey(name), sym] as const);
  return new Map([['loss', loss], ...named, ...statistics]);
}

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
import { groupUnits, inputVector, placeMembers, takeMember, type Unit } from './units.ts';

/** The forward pass of a training step, in a recording that goes on. */
export type LossTrace = Required<Pick<Loss, 'loss' | 'outputs'>> &
  Pick<Loss, 'count'> & {
    readonly recorder: Recorder;
    readonly declarations: ReadonlyMap<string, Declaration>;
    /** What the optimizer changes, and the tensor of every parameter in it. */
    readonly units: readonly TracedUnit[];
    readonly parameters: ReadonlyMap<string, Sym>;
    /** New running statistics by input name. */
    readonly statistics: ReadonlyMap<string, Sym>;
    readonly masks: readonly Mask[];
  };

/** A unit and the vector that is fed for it. */
export type TracedUnit = { readonly unit: Unit; readonly vector: Sym };

/** Records inputs, weights and the loss. */
export function traceLoss(options: TrainerOptions): LossTrace {
  const recorder = createRecorder();
  const units = groupUnits(listTrained(options), options.learningRateScale).map((unit) => ({
    unit,
    vector: inputVector(recorder, weightKey(unit.name), unit),
  }));
  const places = placeMembers(units.map(({ unit }) => unit));
  const vectors = new Map(units.map(({ unit, vector }) => [unit.name, vector]));
  const parameters = new Map<string, Sym>();
  const traced = traceForward(options, recorder, (declaration) => {
    const place = places.get(declaration.name);
    if (place === undefined)
      return recordInput(recorder, weightKey(declaration.name), declaration.shape);
    const sym = takeMember(vectors.get(place.unit)!, place, declaration);
    parameters.set(declaration.name, sym);
    return sym;
  });
  return { ...traced, units, parameters };
}

/** What a model declares is known once it was traced. */
function listTrained(options: TrainerOptions): Declaration[] {
  const recorder = createRecorder();
  const { declarations } = traceForward(options, recorder, ({ name, shape }) =>
    recordInput(recorder, weightKey(name), shape),
  );
  return [...declarations.values()].filter(
    ({ name, trainable }) => trainable && !options.frozen?.(name),
  );
}

function recordInput(recorder: Recorder, name: string, shape: Shape): Sym {
  return recorder.record('input', { name, shape }, []);
}

type Forward = Omit<LossTrace, 'units' | 'parameters'>;

function traceForward(
  { inputs, loss }: TrainerOptions,
  recorder: Recorder,
  declare: (declaration: Declaration) => Sym,
): Forward {
  const declarations = new Map<string, Declaration>();
  const statistics = new Map<string, Sym>();
  const masks: Mask[] = [];
  const scope = createScope({
    training: true,
    declare: (declaration) => {
      declarations.set(declaration.name, declaration);
      return declare(declaration);
    },
    update: (name, value) => void statistics.set(weightKey(name), value),
    dropoutMask: (shape, rate) => {
      masks.push({ shape, rate });
      return recordInput(recorder, maskKey(masks.length - 1), shape);
    },
  });
  const fed = Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [name, recordInput(recorder, name, shape)]),
  );
  const { outputs = {}, ...built } = recordInto(recorder, () => loss(fed, scope));
  return { ...built, outputs, recorder, declarations, statistics, masks };
}

/** The ids of a program's results by name. */
export function idsOf(results: ReadonlyMap<string, Sym>): Record<string, number> {
  return Object.fromEntries([...results].map(([name, sym]) => [name, sym.id]));
}

/** The loss, what the loss function gives back, and the running statistics. */
export function resultsOf({
  loss,
  outputs,
  statistics,
}: Pick<LossTrace, 'loss' | 'outputs' | 'statistics'>): Map<string, Sym> {
  const named = Object.entries(outputs).map(([name, sym]) => [resultKey(name), sym] as const);
  return new Map([['loss', loss], ...named, ...statistics]);
}

/**
 * A step in micro-batches: one program per size of micro-batch adds its gradients to those before, one more updates the weights.
 *
 * With loss_i the loss of micro-batch i and c_i the items that it is the mean over, the step follows sum(c_i loss_i) / sum(c_i),
 * which for such a loss is that of the whole batch. Running statistics blend in one micro-batch after the other, as in PyTorch.
 */
import { gradients } from '../autodiff/gradients.ts';
import { createSession } from '../backends/engine.ts';
import type { Session } from '../backends/session.ts';
import { createRecorder, type Program } from '../ir/program.ts';
import { assertFitsMemory, withBatch } from '../memory/memory-limit.ts';
import { predictMemory } from '../memory/predict-memory.ts';
import { add, mul, recordConstant } from '../ops/elementwise.ts';
import { optimizeProgram } from '../passes/optimize.ts';
import { sizeOf } from '../shape.ts';
import {
  type Buffers,
  drawMasks,
  feedScalars,
  resultKey,
  type StepCall,
  type Stepper,
  type StepResult,
  sessionOptionsOf,
  type TrainerOptions,
  weightKey,
} from './stepper.ts';
import { idsOf, type LossTrace, resultsOf, traceLoss } from './trace-loss.ts';
import { traceUpdate } from './trace-update.ts';
import { inputVector, joinMembers } from './units.ts';

const gradientKey = (name: string): string => `gradient/${name}`;
const shareKey = 'share';

/** The sizes of a batch's micro-batches: even, at most `most`, but none of one sample where that can be helped. */
export function splitBatch(batch: number, most: number): number[] {
  const parts = Math.min(Math.ceil(batch / most), most === 1 ? batch : Math.max(1, batch >> 1));
  return Array.from(
    { length: parts },
    (_, i) => Math.floor((batch * (i + 1)) / parts) - Math.floor((batch * i) / parts),
  );
}

/** Compiles a step of `microBatch` samples at a time. */
export async function openMicroSteps(options: TrainerOptions, batch: number): Promise<Stepper> {
  const sizes = splitBatch(batch, options.microBatch!);
  const traces = new Map(sizes.map((size) => [size, traceGradients(options, size)]));
  const largest = traces.get(Math.max(...sizes))!;
  const update = traceMicroUpdate(options, largest.traced);
  const memory = assertFitsMemory({
    program: largest.program,
    weights: 'trained',
    inputs: withBatch(options.inputs, Math.max(...sizes)),
    retrace: (inputs) => traceGradients({ ...options, inputs }).program,
    limit: options.memoryLimit,
    beside: predictMemory(update.program, 'trained').total,
  });
  const compile = (program: Program) => createSession(program, sessionOptionsOf(options));
  const updating = await compile(update.program);
  const passes = new Map<number, Session>();
  for (const [size, { program }] of traces) passes.set(size, await compile(program));
  const { traced } = largest;
  const run = createRun({ options, batch, sizes, passes, updating, traced });
  return {
    declarations: traced.declarations,
    units: traced.units.map(({ unit }) => unit),
    replaced: [...traced.statistics.keys(), ...update.updates],
    program: largest.program,
    memory,
    deviations: explainDeviations(traced),
    run,
    async dispose() {
      for (const session of [...passes.values(), updating]) await session.dispose();
    },
  };
}

/** Why the result differs from the whole batch's by more than rounding. */
function explainDeviations({ statistics, count }: LossTrace): string[] {
  const deviations: string[] = [];
  if (statistics.size > 0)
    deviations.push(
      'batch normalization takes mean and variance over each micro-batch, not over the batch',
    );
  if (count === undefined)
    deviations.push(
      'the loss gives no count of items that it is a mean over: the mean over micro-batches takes its place',
    );
  return deviations;
}

/** Adds count * gradient of every trained weight to what is fed; also gives loss, count, outputs and running statistics. */
function traceGradients(options: TrainerOptions, batch?: number) {
  const inputs = batch === undefined ? options.inputs : withBatch(options.inputs, batch);
  const traced = traceLoss({ ...options, inputs });
  const { recorder, parameters, loss } = traced;
  const [firstSide] = Object.values(inputs).map(([side]) => side!);
  const count = traced.count ?? recordConstant(recorder, firstSide!, []);
  const slopes = gradients(mul(loss, count), [...parameters.values()]);
  const slopeOf = new Map([...parameters.keys()].map((name, i) => [name, slopes[i]!]));
  const results = new Map([...resultsOf(traced), ['count', count] as const]);
  for (const { unit } of traced.units) {
    const before = inputVector(recorder, gradientKey(unit.name), unit);
    const slope = joinMembers(unit, (name) => slopeOf.get(name)!);
    results.set(gradientKey(unit.name), add(before, slope));
  }
  return { traced, program: optimizeProgram({ nodes: recorder.nodes, outputs: idsOf(results) }) };
}

function traceMicroUpdate(options: TrainerOptions, traced: LossTrace) {
  const recorder = createRecorder();
  const share = recorder.record('input', { name: shareKey, shape: [] }, []);
  const units = traced.units.map(({ unit }) => ({
    unit,
    vector: inputVector(recorder, weightKey(unit.name), unit),
    gradient: mul(inputVector(recorder, gradientKey(unit.name), unit), share),
  }));
  const updates = traceUpdate({ options, recorder, units });
  const program = optimizeProgram({ nodes: recorder.nodes, outputs: idsOf(updates) });
  return { program, updates: [...updates.keys()] };
}

type Compiled = {
  readonly options: TrainerOptions;
  readonly batch: number;
  readonly sizes: readonly number[];
  readonly passes: ReadonlyMap<number, Session>;
  readonly updating: Session;
  readonly traced: LossTrace;
};

function createRun(compiled: Compiled): Stepper['run'] {
  const { options, batch, updating, traced } = compiled;
  const pass = createPasses(compiled);
  const wholeMasks = traced.masks.map((mask) => ({ ...mask, shape: mask.shape.with(0, batch) }));
  return async ({ feeds, current, next, steps, scalars }: StepCall): Promise<StepResult> => {
    const masks = drawMasks(wholeMasks, options.seed, steps);
    const { totals, state, outputs } = await pass({ ...feeds, ...masks }, current);
    if (!Number.isFinite(totals.loss)) return { loss: totals.loss, outputs };
    const share = totals.count > 0 ? 1 / totals.count : 0; // of nothing there is nothing to learn
    for (const key of traced.statistics.keys()) next[key]!.set(state[key]!);
    const shares = { [shareKey]: Float32Array.of(share) };
    await updating.run({ ...state, ...feedScalars(scalars), ...shares }, next);
    return { loss: totals.loss * share, outputs };
  };
}

/** Runs all micro-batches: sums of count * loss and of counts, outputs of the whole batch, gradients and statistics. */
function createPasses({ batch, sizes, passes, traced }: Compiled) {
  const accumulated = traced.units.map(
    ({ unit: { name, length } }) => [gradientKey(name), length] as const,
  );
  const statistics = [...traced.statistics].map(
    ([key, { shape }]) => [key, sizeOf(shape)] as const,
  );
  const [even, odd] = [
    allocate([...accumulated, ...statistics]),
    allocate([...accumulated, ...statistics]),
  ];
  const names = Object.keys(traced.outputs);
  return async (whole: Readonly<Buffers>, current: Readonly<Buffers>) => {
    const totals = { loss: 0, count: 0 };
    const parts: Buffers[] = [];
    let state: Buffers = { ...current, ...allocate(accumulated) };
    let start = 0;
    for (const [i, size] of sizes.entries()) {
      const fed = { ...cut(whole, { batch, start, size }), ...state };
      const into = i % 2 === 0 ? even : odd; // a result must not lie where it is fed from
      const results = await passes.get(size)!.run(fed, into);
      const count = results.count![0]!;
      totals.loss += results.loss![0]! * count;
      totals.count += count;
      parts.push(Object.fromEntries(names.map((name) => [name, results[resultKey(name)]!])));
      state = { ...state, ...into };
      start += size;
    }
    const joined = names.map((name) => [name, join(parts.map((part) => part[name]!))] as const);
    return { totals, state, outputs: Object.fromEntries(joined) };
  };
}

function allocate(lengths: readonly (readonly [string, number])[]): Buffers {
  return Object.fromEntries(lengths.map(([key, length]) => [key, new Float32Array(length)]));
}

/** The rows of one micro-batch, without copying. */
function cut(
  whole: Readonly<Buffers>,
  { batch, start, size }: { batch: number; start: number; size: number },
): Buffers {
  const rows = (data: Float32Array) => {
    const length = data.length / batch;
    return data.subarray(start * length, (start + size) * length);
  };
  return Object.fromEntries(Object.entries(whole).map(([name, data]) => [name, rows(data)]));
}

function join(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let start = 0;
  for (const part of parts) {
    joined.set(part, start);
    start += part.length;
  }
  return joined;
}

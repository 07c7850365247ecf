import { gradients } from '../autodiff/gradients.ts';
import { createSession } from '../backends/engine.ts';
import { assertFitsMemory } from '../memory/memory-limit.ts';
import { optimizeProgram } from '../passes/optimize.ts';
import {
  drawMasks,
  feedScalars,
  resultKey,
  type Stepper,
  sessionOptionsOf,
  type TrainerOptions,
} from './stepper.ts';
import { idsOf, resultsOf, traceLoss } from './trace-loss.ts';
import { traceUpdate } from './trace-update.ts';
import { joinMembers } from './units.ts';

/**
 * A step as one program: forward pass, backward pass, optimizer and running statistics are traced together, lowered together and
 * run by one session call.
 */
export async function openWholeStep(options: TrainerOptions): Promise<Stepper> {
  const { program, traced, replaced } = traceStep(options);
  const memory = assertFitsMemory({
    program,
    weights: 'trained',
    inputs: options.inputs,
    retrace: (inputs) => traceStep({ ...options, inputs }).program,
    limit: options.memoryLimit,
  });
  const session = await createSession(program, sessionOptionsOf(options));
  const names = Object.keys(traced.outputs);
  return {
    declarations: traced.declarations,
    units: traced.units.map(({ unit }) => unit),
    replaced,
    program,
    memory,
    deviations: [],
    async run({ feeds, current, next, steps, scalars }) {
      const masks = drawMasks(traced.masks, options.seed, steps);
      const fed = { ...feeds, ...current, ...masks, ...feedScalars(scalars) };
      const results = await session.run(fed, next);
      const outputs = names.map((name) => [name, results[resultKey(name)]!]);
      return { loss: results.loss![0]!, outputs: Object.fromEntries(outputs) };
    },
    dispose: () => session.dispose(),
  };
}

function traceStep(options: TrainerOptions) {
  const traced = traceLoss(options);
  const { recorder, parameters, statistics } = traced;
  const slopes = gradients(traced.loss, [...parameters.values()]);
  const slopeOf = new Map([...parameters.keys()].map((name, i) => [name, slopes[i]!]));
  const units = traced.units.map((traced) => ({
    ...traced,
    gradient: joinMembers(traced.unit, (name) => slopeOf.get(name)!),
  }));
  const updates = traceUpdate({ options, recorder, units });
  const outputs = idsOf(new Map([...resultsOf(traced), ...updates]));
  const program = optimizeProgram({ nodes: recorder.nodes, outputs });
  return { program, traced, replaced: [...statistics.keys(), ...updates.keys()] };
}

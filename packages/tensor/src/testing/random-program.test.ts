import { describe, expect, test } from 'vitest';
import { type Engine, openEngine, openTfjs } from '../backends/engine.ts';
import { tfjsPackages } from '../backends/tfjs.ts';
import { printProgram } from '../ir/print.ts';
import type { Program } from '../ir/program.ts';
import { inputCounts } from '../ir/shapes.ts';
import { verifyProgram } from '../ir/verify.ts';
import { optimizeProgram, passes } from '../passes/optimize.ts';
import { drawProgram, drawProgramFeeds } from './random-program.ts';
import { distance } from './trace.ts';
import { findWebgpu, isThorough } from './webgpu.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const tolerance = 1e-5; // of the largest value of a result, or of 1; 7e-7 was the most over 400 programs
const reference = openEngine('ort');
const [, , wasm, cpu] = tfjsPackages;
const webgpu = await findWebgpu();
const others = {
  'tfjs cpu': openTfjs(cpu),
  'tfjs wasm': openTfjs(wasm),
};

type Results = Readonly<Record<string, Float32Array>>;

async function run(engine: Engine, program: Program, seed: number): Promise<Results> {
  const session = await engine.createSession(program, { weights: 'trained', threads: 1 });
  const results = await session.run(drawProgramFeeds(program, seed));
  await session.dispose();
  return results;
}

/** Fails with what is needed to repeat: seed, place, program. */
function assertEqual(got: Results, expected: Results, place: string, program: Program): void {
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(1, ...values.map(Math.abs));
    const error = distance(got[name]!, values) / scale;
    if (error < tolerance) continue;
    expect.fail(`${place}: ${name} is off by ${error} of its largest\n${printProgram(program)}`);
  }
}

describe('200 random programs', () => {
  test('[E5] use every operation', () => {
    const used = new Set(seeds.flatMap((seed) => drawProgram(seed).nodes.map(({ op }) => op)));

    expect([...used].sort()).toEqual(Object.keys(inputCounts).sort());
  });

  test.each(seeds)(
    '[E5] program %i has the same values on every engine, optimized or not',
    async (seed) => {
      const program = drawProgram(seed);
      verifyProgram(program, 'drawing');
      const expected = await run(reference, program, seed);
      expect(Object.values(expected).every((values) => values.every(Number.isFinite))).toBe(true);

      const onGpu = isThorough || seed % 20 === 0 ? webgpu : {};
      for (const [name, engine] of Object.entries({ ...others, ...onGpu })) {
        const optimized = optimizeProgram(program);
        assertEqual(await run(engine, program, seed), expected, `seed ${seed}, ${name}`, program);
        assertEqual(
          await run(engine, optimized, seed),
          expected,
          `seed ${seed}, ${name}`,
          optimized,
        );
      }
    },
  );

  test.each(seeds)(
    '[E6] program %i keeps its values under every pass, alone and together',
    async (seed) => {
      const program = drawProgram(seed);
      const expected = await run(reference, program, seed);

      for (const [name, pass] of Object.entries({ ...passes, optimizeProgram })) {
        const after = pass(program);
        verifyProgram(after, name);
        expect(Object.keys(after.outputs)).toEqual(Object.keys(program.outputs));
        assertEqual(await run(reference, after, seed), expected, `seed ${seed}, ${name}`, after);
      }
    },
  );
});

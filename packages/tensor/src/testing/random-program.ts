/** Seeded random programs over all operations, for what must hold of every program. */

import { createRandom } from '@radiograph/statistics';
import { gradients } from '../autodiff/gradients.ts';
import type { OpName } from '../ir/op.ts';
import { type Program, recordInto, type Sym } from '../ir/program.ts';
import { add, indicator, mul } from '../ops/elementwise.ts';
import { mean } from '../ops/reduce.ts';
import { sizeOf } from '../shape.ts';
import { createDraft, type Draft, drawChance, drawConstant, drawWhole, isSmall } from './draft.ts';
import { draws } from './draws.ts';

const drawable = (Object.keys(draws) as OpName[]).filter((op) => typeof draws[op] === 'function');

/**
 * 3 to 9 operations and the gradients of a loss. The operation `seed` modulo their number is always
 * among them, so that as many programs as there are operations use all. Values stay of the size of 1 to a few hundred.
 */
export function drawProgram(seed: number): Program {
  const draft = createDraft(seed);
  return recordInto(draft.recorder, () => {
    const count = drawWhole(draft, 3, 9);
    const forced = draft.random.integer(count);
    for (let i = 0; i < count; i++)
      apply(
        draft,
        i === forced ? drawable[seed % drawable.length]! : draft.random.choice(drawable),
      );
    return finish(draft);
  });
}

function apply(draft: Draft, op: OpName): void {
  const draw = draws[op];
  if (typeof draw !== 'function') throw new Error(`internal: ${op} cannot be drawn`);
  const y = draw(draft);
  if (!isSmall(y.shape)) return;
  if (y.dtype === 'bool') draft.conditions.push(y);
  draft.pool.push(y.dtype === 'bool' ? indicator(y) : y);
  // Twice the same, for the pass that shares it.
  const node = draft.recorder.nodes[y.id]!;
  if (y.dtype !== 'bool' && drawChance(draft, 0.15)) {
    const inputs = node.inputs.map((id) => draft.recorder.symOf(id));
    draft.pool.push(draft.recorder.record(op, node.params as never, inputs)); // op and params stay paired
  }
}

function finish(draft: Draft): Program {
  const { pool, recorder, inputs } = draft;
  const results = [...new Set([pool.at(-1)!, draft.random.choice(pool)])];
  const outputs = results.map((y, i) => [`y${i}`, y.id] as const);
  const fed = recorder.nodes
    .filter((node) => node.op === 'input')
    .map(({ id }) => recorder.symOf(id));
  const gradient = inputs.size > 0 ? gradients(lossOf(draft, results), fed) : [];
  const slopes = gradient.map(({ id }, i) => [`g${i}`, id] as const);
  return { nodes: recorder.nodes, outputs: Object.fromEntries([...outputs, ...slopes]) };
}

/** A random linear functional of all results. */
function lossOf(draft: Draft, results: readonly Sym[]): Sym {
  const losses = results.map((y) => mean(mul(y, drawConstant(draft, y.shape))));
  return losses.reduce((a, b) => add(a, b));
}

/** Numbers from -1 to 1 for every input of a program. */
export function drawProgramFeeds(program: Program, seed: number): Record<string, Float32Array> {
  const random = createRandom(seed, 'random feeds');
  const feeds: Record<string, Float32Array> = {};
  for (const node of program.nodes) {
    if (node.op !== 'input') continue;
    const length = sizeOf(node.shape);
    feeds[node.params.name] = Float32Array.from({ length }, () => 2 * random.next() - 1);
  }
  return feeds;
}

/** Reverse-mode differentiation: appends the gradient of a scalar to the recording it is in. */
import { ShapeError } from '../errors.ts';
import type { Sym } from '../ir/program.ts';
import { add, recordConstant } from '../ops/elementwise.ts';
import { printShape } from '../shape.ts';
import { applyGradientRule } from './gradient-rules.ts';

/**
 * The gradients of a scalar with respect to tensors of the same recording, in their shapes; zeros where there is no path.
 *
 * Only operations on a path from `wrt` to the loss are differentiated.
 * @throws {ShapeError} if the loss is not a scalar `[]`.
 */
export function gradients(loss: Sym, wrt: readonly Sym[]): Sym[] {
  if (loss.shape.length !== 0)
    throw new ShapeError(`gradients: expected a scalar loss [], got ${printShape(loss.shape)}`);
  const { recorder } = loss;
  const needed = markPaths(loss, wrt);
  const found = new Map<number, Sym>([[loss.id, recordConstant(recorder, 1, [])]]);
  for (let id = loss.id; id >= 0; id--) {
    const dy = found.get(id);
    const node = recorder.nodes[id]!;
    if (dy === undefined || !needed.has(id) || node.inputs.length === 0) continue;
    applyGradientRule(node, dy).forEach((gradient, index) => {
      const input = node.inputs[index]!;
      if (gradient === undefined || !needed.has(input)) return;
      const before = found.get(input);
      found.set(input, before === undefined ? gradient : add(before, gradient));
    });
  }
  return wrt.map((sym) => found.get(sym.id) ?? recordConstant(recorder, 0, sym.shape));
}

/** The same values, cut off from what made them: no gradient passes. */
export function stopGradient(x: Sym): Sym {
  return x.recorder.record('detach', {}, [x]);
}

function markPaths(loss: Sym, wrt: readonly Sym[]): Set<number> {
  const needed = new Set(wrt.map(({ id }) => id));
  for (let id = 0; id <= loss.id; id++) {
    if (loss.recorder.nodes[id]!.inputs.some((input) => needed.has(input))) needed.add(id);
  }
  return needed;
}

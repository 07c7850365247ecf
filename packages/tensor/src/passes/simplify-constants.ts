import type { Node, Program, Sym } from '../ir/program.ts';
import { equalShapes, sizeOf } from '../shape.ts';
import { rewriteProgram } from './rewrite.ts';

/** Evaluates operations on constants where that is one number or a relabeling, and drops x + 0, x * 1 and the like. */
export function simplifyConstants(program: Program): Program {
  return rewriteProgram(program, (node, inputs, recorder) => {
    const constants = inputs.map((input) => constantOf(recorder.nodes[input.id]!));
    return (
      skipNeutral(node, inputs, constants) ??
      relabel(node, inputs, constants) ??
      evaluate(node, inputs, constants)
    );
  });
}

type Constants = readonly (Float32Array | undefined)[];

function constantOf(node: Node): Float32Array | undefined {
  return node.op === 'constant' ? node.params.data : undefined;
}

function isFilledWith(data: Float32Array | undefined, value: number): boolean {
  return data?.every((entry) => entry === value) ?? false;
}

function skipNeutral(
  node: Node,
  [a, b]: readonly Sym[],
  [left, right]: Constants,
): Sym | undefined {
  const keep = (side: Sym | undefined) =>
    side !== undefined && equalShapes(side.shape, node.shape) ? side : undefined;
  switch (node.op) {
    case 'add':
      return (
        (isFilledWith(right, 0) ? keep(a) : undefined) ??
        (isFilledWith(left, 0) ? keep(b) : undefined)
      );
    case 'sub':
      return isFilledWith(right, 0) ? keep(a) : undefined;
    case 'mul':
      return (
        (isFilledWith(right, 1) ? keep(a) : undefined) ??
        (isFilledWith(left, 1) ? keep(b) : undefined)
      );
    case 'div':
      return isFilledWith(right, 1) ? keep(a) : undefined;
    case 'reshape':
    case 'expand':
      return keep(a);
    default:
      return undefined;
  }
}

function relabel(node: Node, [x]: readonly Sym[], [data]: Constants): Sym | undefined {
  if (node.op !== 'reshape' || data === undefined) return undefined;
  return x!.recorder.record('constant', { data, shape: node.shape }, []);
}

const scalarRules: { readonly [op: string]: (a: number, b: number) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  sqrt: Math.sqrt,
};

/** Arithmetic on constants that hold a single value each; larger ones are left to the engine. */
function evaluate(node: Node, [x]: readonly Sym[], constants: Constants): Sym | undefined {
  const rule = scalarRules[node.op];
  if (
    rule === undefined ||
    sizeOf(node.shape) !== 1 ||
    constants.some((data) => data?.length !== 1)
  )
    return undefined;
  const value = rule(constants[0]![0]!, constants[1]?.[0] ?? 0);
  return x!.recorder.record('constant', { data: Float32Array.of(value), shape: node.shape }, []);
}

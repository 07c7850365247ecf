/** The legality of programs; run after every pass, so that a broken pass is caught where it broke. */
import { ShapeError } from '../errors.ts';
import { equalShapes, printShape, type Shape } from '../shape.ts';
import { assertInputTypes, dtypeOf } from './dtypes.ts';
import type { OpParams } from './op.ts';
import { printNode } from './print.ts';
import type { Node, Program } from './program.ts';
import { inferShape } from './shapes.ts';

/**
 * Checks that ids count up, inputs come earlier, shapes and types are those the rules infer, input names are unique, and
 * outputs exist.
 *
 * @throws an `internal:` error that shows the offending operation: an illegal program is our bug.
 */
export function verifyProgram(program: Program, stage: string): void {
  const names = new Set<string>();
  program.nodes.forEach((node, index) => {
    const fault = findFault(program, node, index) ?? findNameFault(node, names);
    if (fault !== undefined)
      throw new Error(`internal: after ${stage}: ${fault} at ${printNode(node)}`);
  });
  for (const [name, id] of Object.entries(program.outputs)) {
    if (program.nodes[id] === undefined)
      throw new Error(`internal: after ${stage}: output ${name} is %${id}, which does not exist`);
  }
}

function findFault(program: Program, node: Node, index: number): string | undefined {
  if (node.id !== index) return `expected id ${index}, got ${node.id}`;
  const late = node.inputs.find((id) => id >= index || program.nodes[id] === undefined);
  if (late !== undefined) return `expected inputs before %${index}, got %${late}`;
  const shape = inferOrExplain(program, node);
  if (typeof shape === 'string') return shape;
  if (!equalShapes(shape, node.shape))
    return `expected shape ${printShape(shape)}, got ${printShape(node.shape)}`;
  return node.dtype === dtypeOf(node.op)
    ? undefined
    : `expected ${dtypeOf(node.op)}, got ${node.dtype}`;
}

function inferOrExplain(program: Program, node: Node): Shape | string {
  const inputs = node.inputs.map((id) => program.nodes[id]!);
  const shapes = inputs.map(({ shape }) => shape);
  try {
    assertInputTypes(
      node.op,
      inputs.map(({ dtype }) => dtype),
    );
    return inferShape(node.op, node.params as OpParams[typeof node.op], shapes); // op and params are one union member
  } catch (error) {
    if (error instanceof ShapeError) return error.message;
    throw error;
  }
}

function findNameFault(node: Node, names: Set<string>): string | undefined {
  if (node.op !== 'input') return undefined;
  if (names.has(node.params.name))
    return `expected unique input names, got ${node.params.name} twice`;
  names.add(node.params.name);
  return undefined;
}

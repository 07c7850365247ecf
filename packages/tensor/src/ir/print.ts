/** Programs as text, one line per operation; tests compare programs this way. */
import type { Node, Program } from './program.ts';

/** Prints a program: `%3: float32[8,64,40,40] = conv2d %0 %2 stride=2 padding=1 dilation=1 groups=1`. */
export function printProgram(program: Program): string {
  const results = Object.entries(program.outputs).map(([name, id]) => `${name}=%${id}`);
  return [
    ...program.nodes.map((node) => `  ${printNode(node)}`),
    `return ${results.join(' ')}`,
  ].join('\n');
}

/** Prints one operation. */
export function printNode(node: Node): string {
  const inputs = node.inputs.map((id) => `%${id}`);
  const params = Object.entries(node.params).filter(
    ([name]) => !(name === 'shape' && node.inputs.length === 0),
  );
  const printed = params.map(([name, value]) => `${name}=${printValue(value)}`);
  return [
    `%${node.id}: ${node.dtype}[${node.shape.join(',')}] = ${node.op}`,
    ...inputs,
    ...printed,
  ].join(' ');
}

function printValue(value: unknown): string {
  if (!(value instanceof Float32Array))
    return Array.isArray(value) ? `[${value.join(',')}]` : String(value);
  return value.length <= 4 ? `[${value.join(',')}]` : `[${value.slice(0, 3).join(',')},...]`;
}

/** Program -> ONNX model bytes. */
import type { OpName } from '../ir/op.ts';
import type { Node, Program } from '../ir/program.ts';
import type { Shape } from '../shape.ts';
import { type Kernels, kernelsOf } from './kernels.ts';
import { createOnnxBuilder, type OnnxBuilder } from './onnx-model.ts';
import { type LowerCall, onnxRules } from './onnx-rules.ts';

type ModelOptions = {
  /** Names the results; default `outputName`. */
  readonly resultName?: (name: string) => string;
  /** Texts of the model. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Values of inputs by name: these are weights of the model and not fed. */
  readonly weights?: ReadonlyMap<string, { readonly shape: Shape; readonly data: Float32Array }>;
  /** What will run it; default the CPU's. */
  readonly kernels?: Kernels;
};

/** Lowers a verified program; inputs keep their names. */
export function toOnnx(
  program: Program,
  { resultName = outputName, metadata = {}, kernels = kernelsOf.cpu, weights }: ModelOptions = {},
): Uint8Array {
  const b = createOnnxBuilder(kernels);
  for (const node of program.nodes) {
    const weight = node.op === 'input' ? weights?.get(node.params.name) : undefined;
    if (weight === undefined) lowerNode(b, program, node);
    else b.stored(nameOf(node), weight.data, weight.shape);
  }
  for (const [name, id] of Object.entries(program.outputs)) {
    const node = program.nodes[id]!;
    b.emit('Identity', [nameOf(node)], {}, [resultName(name)]);
    b.output(resultName(name), node.shape, node.dtype);
  }
  return b.finish(metadata);
}

/** The ONNX name of a program's result; inputs and results live in separate name spaces. */
export function outputName(name: string): string {
  return `out/${name}`;
}

function lowerNode(b: OnnxBuilder, program: Program, node: Node): void {
  const inputs = node.inputs.map((id) => ({
    name: nameOf(program.nodes[id]!),
    shape: program.nodes[id]!.shape,
  }));
  b.begin(`${node.op}#${node.id}`);
  const rule = onnxRules[node.op] as (call: LowerCall<OpName>) => void; // op and params are one union member
  rule({ b, params: node.params as never, inputs, out: { name: nameOf(node), shape: node.shape } });
}

function nameOf(node: Node): string {
  return node.op === 'input' ? node.params.name : `v${node.id}`;
}

import type { Node, Program, Recorder, Sym } from '../ir/program.ts';
import { rewriteProgram } from './rewrite.ts';

/**
 * Folds batch normalization with constant statistics into the convolution before it: conv(x, w * s) + (bias - mean * s) with
 * s = weight / sqrt(variance + epsilon). Applies where the convolution feeds nothing else.
 */
export function foldBatchNorm(program: Program): Program {
  const uses = countUses(program);
  return rewriteProgram(program, (node, inputs, recorder) => {
    if (node.op !== 'batchNorm') return undefined;
    const source = recorder.nodes[inputs[0]!.id]!;
    if (source.op !== 'conv2d' || uses[node.inputs[0]!] !== 1) return undefined;
    const filter = recorder.nodes[source.inputs[1]!]!;
    const statistics = inputs.slice(1).map((input) => constantOf(recorder.nodes[input.id]!));
    if (filter.op !== 'constant' || statistics.some((data) => data === undefined)) return undefined;
    return foldedConv({
      recorder,
      source,
      filter,
      statistics: statistics as Float32Array[],
      epsilon: node.params.epsilon,
    }); // none is undefined
  });
}

type Folding = {
  readonly recorder: Recorder;
  readonly source: Node<'conv2d'>;
  readonly filter: Node<'constant'>;
  readonly statistics: readonly Float32Array[];
  readonly epsilon: number;
};

function foldedConv({ recorder, source, filter, statistics, epsilon }: Folding): Sym {
  const [weight, bias, mean, variance] = statistics as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const scale = weight.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
  const perFilter = filter.params.data.length / scale.length;
  const data = filter.params.data.map((value, i) => value * scale[Math.floor(i / perFilter)]!);
  const offset = bias.map((value, channel) => value - mean[channel]! * scale[channel]!);
  const folded = recorder.record('constant', { data, shape: filter.shape }, []);
  const y = recorder.record('conv2d', source.params, [recorder.symOf(source.inputs[0]!), folded]);
  const added = recorder.record('constant', { data: offset, shape: [1, offset.length, 1, 1] }, []);
  return recorder.record('add', {}, [y, added]);
}

function constantOf(node: Node): Float32Array | undefined {
  return node.op === 'constant' ? node.params.data : undefined;
}

function countUses(program: Program): number[] {
  const uses = new Array<number>(program.nodes.length).fill(0);
  for (const node of program.nodes) for (const input of node.inputs) uses[input]!++;
  for (const id of Object.values(program.outputs)) uses[id]!++;
  return uses;
}

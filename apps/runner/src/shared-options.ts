/** Options that several commands share. */
import { engineNames } from '@radiograph/tensor';
import { type Command, Option } from 'commander';

/** For options that may come several times. */
export const collect = (value: string, list: readonly string[]): readonly string[] => [
  ...list,
  value,
];

/** Which cell of the graph's ablation: values of its variants, and a seed. */
export function withCell(command: Command): Command {
  return command
    .option(
      '--variant <axis=value>',
      'a value of one of the graph’s variants, as the sweep would run it (repeatable)',
      collect,
      [],
    )
    .option('--seed <number>', 'instead of the graph’s seed');
}

/** Who computes. */
export function withEngine(command: Command): Command {
  return command.addOption(
    new Option(
      '--engine <name>',
      'who computes tensors: ONNX Runtime on the CPU or a GPU, or the best installed TensorFlow.js',
    )
      .choices(engineNames)
      .default('ort'),
  );
}

/** Which part of the graph. */
export function withPart(command: Command): Command {
  return command
    .option('--only <node>', 'this node and what it needs (repeatable)', collect, [])
    .option(
      '--from <node>',
      'this node, what depends on it, and what that needs (repeatable)',
      collect,
      [],
    );
}

/** What decides whether a finding is there at all: maps that are scaled by their own maximum do not say so themselves. */
import { dataError, listAccepted } from '@radiograph/graph';
import { type Labels, labelsFor, type Saliency } from '@radiograph/kinds';
import { z } from 'zod';

/** Parameters that every node with a gate has. */
export const gateParams = {
  gate: z
    .enum(['probability', 'labels', 'none'])
    .default('probability')
    .describe('what makes a finding present'),
  cutoff: z.number().min(0).max(1).default(0.5).describe('least probability, for gate probability'),
  cutoffs: z
    .record(z.string(), z.number().min(0).max(1))
    .default({})
    .describe('cutoff per finding, where it differs'),
  uncertainGate: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('what an uncertain label means to gate labels'),
};
type GateOptions = {
  readonly gate: 'probability' | 'labels' | 'none';
  readonly cutoff: number;
  readonly cutoffs: Readonly<Record<string, number>>;
  readonly uncertainGate: 'present' | 'absent';
};

/** Says whether image `image` of the saliency shows a finding. */
export type Gate = (image: number, name: string) => boolean;

/** The rule about wires of a node with a gate, for `requires`. */
export function requireLabels(
  wired: ReadonlySet<string>,
  { gate }: Pick<GateOptions, 'gate'>,
): string | undefined {
  return gate === 'labels' && !wired.has('labels')
    ? 'expected a wire into labels, because gate is "labels", got none'
    : undefined;
}

/** Opens the gate. `labels` are there when the gate asks for them (`requireLabels`). */
export function createGate(
  saliency: Saliency,
  labels: Labels | undefined,
  options: GateOptions,
): Gate {
  switch (options.gate) {
    case 'none':
      return () => true;
    case 'probability':
      return (image, name) => {
        const { probabilities, classes } = saliency;
        const probability = probabilities[image * classes.length + classes.indexOf(name)]!;
        return probability >= (options.cutoffs[name] ?? options.cutoff);
      };
    case 'labels':
      return gateByLabels(saliency, labels!, options);
  }
}

function gateByLabels({ ids }: Saliency, labels: Labels, { uncertainGate }: GateOptions): Gate {
  const known = labelsFor(labels, ids);
  return (image, name) => {
    const column = known.classes.indexOf(name);
    if (column < 0)
      throw dataError('labels', `expected ${listAccepted(name, known.classes)}, got ${name}`);
    const label = known.values[image]![column]!;
    return label === 1 || (label === -1 && uncertainGate === 'present');
  };
}

/** The findings to keep; empty = all. @throws a data error for a name that the saliency lacks, in `wanted` or as a key of `tables`. */
export function chooseMaps(
  { classes }: Saliency,
  wanted: readonly string[],
  tables: readonly Readonly<Record<string, number>>[],
): readonly string[] {
  for (const name of [...wanted, ...tables.flatMap(Object.keys)]) {
    if (!classes.includes(name))
      throw dataError('classes', `expected ${listAccepted(name, classes)}, got ${name}`);
  }
  return wanted.length > 0 ? wanted : classes;
}

/** The map of a finding as a view, `[grid]`. */
export function mapOf(
  { values, grid, classes }: Saliency,
  image: number,
  name: string,
): Float32Array {
  const area = grid[0] * grid[1];
  const start = (image * classes.length + classes.indexOf(name)) * area;
  return values.subarray(start, start + area);
}

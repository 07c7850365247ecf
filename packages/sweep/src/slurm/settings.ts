/** What a cluster is asked for, by node type. */
import type { GraphNode } from '@radiograph/graph';
import { z } from 'zod';

const Resources = z.strictObject({
  cpus: z.int().min(1).optional(),
  memoryMb: z.int().min(64).optional(),
  gpus: z.int().min(0).optional(),
  minutes: z.int().min(1).optional(),
});
export type Resources = z.infer<typeof Resources>;

/** Settings of the Slurm executor, a JSON file. A job asks for the most that any of its nodes asks for. */
export const SlurmSettings = z.strictObject({
  partition: z.string().optional(),
  account: z.string().optional(),
  /** Further words for sbatch, for example `--constraint=a100`. */
  extra: z.array(z.string()).default([]),
  default: Resources.default({ cpus: 1, memoryMb: 2000 }),
  /** By node type, `chexseg.deeplab-train`. */
  nodeTypes: z.record(z.string(), Resources).default({}),
});
export type SlurmSettings = z.infer<typeof SlurmSettings>;

/** The resources of a job that computes these nodes: per kind the largest among the default and theirs. */
export function requestOf(
  nodes: readonly GraphNode[],
  { default: base, nodeTypes }: SlurmSettings,
): Resources {
  const types = nodes.map(({ type }) => nodeTypes[type.type] ?? {});
  const all = [base, ...types];
  const keys = ['cpus', 'memoryMb', 'gpus', 'minutes'] as const;
  const largest = keys.flatMap((key) => {
    const values = all.flatMap((one) => one[key] ?? []);
    return values.length === 0 ? [] : [[key, Math.max(...values)] as const];
  });
  return Object.fromEntries(largest);
}

/** The resources in the words of sbatch. */
export function printRequest({ cpus, memoryMb, gpus, minutes }: Resources): string[] {
  return [
    ...(cpus === undefined ? [] : [`--cpus-per-task=${cpus}`]),
    ...(memoryMb === undefined ? [] : [`--mem=${memoryMb}M`]),
    ...(gpus === undefined || gpus === 0 ? [] : [`--gres=gpu:${gpus}`]),
    ...(minutes === undefined ? [] : [`--time=${minutes}`]),
  ];
}

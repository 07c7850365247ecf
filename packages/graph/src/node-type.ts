/** The contract of a node: ports, parameters, and one function from inputs to outputs. */
import type { z } from 'zod';
import type { Checkpoint } from './checkpoint.ts';
import type { InputsOf, OutputsOf, Port, Ports, PortValues, SampleKind } from './port.ts';

/** What a running node may use besides its inputs. */
export type NodeContext = {
  readonly nodeId: string;
  /** Derived from the graph's seed and the node's id, 0 to 2^32 - 1. Declare `uses: ['seed']` to read it. */
  readonly seed: number;
  /** Threads this node may keep busy. */
  readonly threads: number;
  readonly signal: CancelSignal;
  /** Reports progress; call it at every batch. Throws when the run was canceled. */
  readonly progress: (update: Progress) => void;
  /** Shows what unfinished work looks like, on the node while it runs; calls in quick succession are dropped. */
  readonly preview: (samples: readonly PreviewSample[]) => void;
  /** Writes one line to the node's log. */
  readonly log: (message: string) => void;
  /** Numbers that the run's summary shows by their names: `images left out`, `ms waited for data`. A later one of a name replaces it. */
  readonly note: (facts: Readonly<Record<string, number>>) => void;
  /**
   * Says what a reader of the result must know: what was left out, left over or decided. It stands in the log, stays with the step, and
   * is told again at the end of every run that uses the step's result.
   */
  readonly notice: (message: string) => void;
  /** Makes a path of the graph document absolute: relative to the graph file. */
  readonly resolvePath: (path: string) => string;
  /** Saves the state of a long computation; a node without one starts anew when it is interrupted. */
  readonly checkpoint: Checkpoint;
};

/** The part of AbortSignal that nodes need. */
export type CancelSignal = { readonly aborted: boolean; throwIfAborted(): void };

/** How far a node is. `metrics` are drawn live (loss, IoU). */
export type Progress = {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** How long the node has waited for its data so far, in ms; left out where it does not know. */
  readonly stalledMs?: number;
};

/** A small image with what a node says about it so far, `[height, width]`, row by row. */
export type PreviewSample = {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** Grey, 0..255. */
  readonly pixels: Uint8Array;
  /** 0 = nothing, k + 1 = class k. */
  readonly classes: Uint8Array;
};

/** What a step's result depends on besides parameters and inputs; each becomes part of its key. */
export type Dependence = 'seed' | 'engine';

/** How a step may be cut along its samples: one sample's output depends on no other sample. */
export type Shards<Name extends string = string, P = unknown> = {
  /** The input whose samples are cut. */
  readonly over: Name;
  /** Samples that are computed together; a cut falls between such batches, and a shard is never shorter. Default 1. */
  readonly grain?: (params: P) => number;
};

/** Inputs that are lists of samples. */
type SampleInputs<I extends Ports> = {
  [N in keyof I & string]: I[N] extends Port<SampleKind, 'one'> ? N : never;
}[keyof I & string];

/** Files that are found by reading others, as the images that a CSV file names. */
export type SourceList = {
  /** For people and in keys: `images of CheXpert-v1.0-small/train.csv`. */
  readonly name: string;
  /** What the files are below, as written in the parameters. */
  readonly folder: string;
  /** Sources that say which files: while their content and the parameters stay, the list is not made again. Default: always made. */
  readonly from?: readonly string[];
  /** Makes the list: names below the folder. A file that is not there counts as missing; the node says so when it runs. */
  readonly list: (resolvePath: (path: string) => string) => Promise<readonly string[]>;
};

/** What counts by content: a file, a folder with all that is in it, or listed files. */
export type Source = string | SourceList;

/** A node type as its author writes it. */
export type NodeDefinition<I extends Ports, O extends Ports, P extends z.ZodObject> = {
  /** `package.kebab-name`, stable for ever. */
  readonly type: string;
  /** Rises when parameters change meaning; see `migrate`. */
  readonly version: number;
  readonly title: string;
  /** The user manual: palette, tooltip and `radiograph nodes TYPE`. First line stands alone. */
  readonly manual: string;
  readonly inputs: I;
  readonly outputs: O;
  /** Strict object with a default and a description for every field. */
  readonly params: P;
  readonly uses?: readonly Dependence[];
  /** Files and folders (as written in the parameters) and lists of files whose content the result depends on. */
  readonly sources?: (params: z.infer<P>) => readonly Source[];
  /** A rule about which optional inputs must be wired; returns what is missing, as `expected wires into both images and masks`. */
  readonly requires?: (wired: ReadonlySet<string>, params: z.infer<P>) => string | undefined;
  /** Turns parameters saved by an older version into today's. */
  readonly migrate?: (
    params: Readonly<Record<string, unknown>>,
    fromVersion: number,
  ) => Record<string, unknown>;
  /** Allows the step to be computed in pieces, on many machines; all outputs must be lists of samples. */
  readonly shards?: O extends Readonly<Record<string, Port<SampleKind>>>
    ? Shards<SampleInputs<I>, z.infer<P>>
    : never;
  readonly run: (
    inputs: InputsOf<I>,
    params: z.infer<P>,
    context: NodeContext,
  ) => Promise<OutputsOf<O>>;
};

/** A node type with its port and parameter types erased: what the executor and the editor see. */
export type NodeType = Omit<
  NodeDefinition<Ports, Ports, z.ZodObject>,
  'run' | 'sources' | 'requires' | 'shards'
> & {
  readonly shards?: Shards;
  readonly sources: (params: unknown) => readonly Source[];
  readonly requires: (wired: ReadonlySet<string>, params: unknown) => string | undefined;
  readonly run: (
    inputs: unknown,
    params: unknown,
    context: NodeContext,
  ) => Promise<Readonly<Record<string, PortValues[keyof PortValues]>>>;
};

/**
 * Defines a node type; inputs, outputs and parameters are inferred from the ports and the schema.
 *
 * @example
 * export const half = defineNode({ type: 'my.half', version: 1, title: 'Half', manual: 'Keeps every second image.',
 *   inputs: { images: port('images', 'all') }, outputs: { images: port('images', 'half') }, params: z.strictObject({}),
 *   run: async ({ images }) => ({ images: selectImages(images, (i) => i % 2 === 0) }) });
 */
export function defineNode<const I extends Ports, const O extends Ports, P extends z.ZodObject>(
  definition: NodeDefinition<I, O, P>,
): NodeType {
  const { run, sources, requires, shards, ...rest } = definition;
  return {
    ...rest,
    ...(shards === undefined ? {} : { shards: shards as Shards }),
    // Erasure: validateGraph has proved ports and parameters before any of these is called.
    sources: (params) => sources?.(params as z.infer<P>) ?? [],
    requires: (wired, params) => requires?.(wired, params as z.infer<P>),
    run: (inputs, params, context) => run(inputs as InputsOf<I>, params as z.infer<P>, context),
  };
}

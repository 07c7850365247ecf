/** Shapes that several topics share. */
import { z } from 'zod';

/** The same data for somebody who does not change it. */
export type DeepReadonly<T> = unknown extends T
  ? T
  : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** What a schema parses to; nobody changes a reply. */
export type Data<S extends z.ZodType> = DeepReadonly<z.output<S>>;

/** One thing that is wrong: where, and what would be accepted. */
export const Problem = z.strictObject({ path: z.string(), message: z.string() });

/** A mean with its bootstrap interval. */
export const Interval = z.strictObject({ mean: z.number(), lower: z.number(), upper: z.number() });
export type Interval = Data<typeof Interval>;

/** A SHA-256 in hexadecimal digits: the name of an artifact. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');

/** Artifact digests by output port. */
export const Digests = z.record(z.string(), z.string());

/** The id of a run, a sweep or an entry of the queue. */
export const ById = z.strictObject({ id: z.string().min(1) });

/** Mean per-image IoU of an evaluator, with its bootstrap interval. */
export const NodeScore = z.strictObject({
  nodeId: z.string(),
  mean: z.number().nullable(),
  interval: Interval.nullable(),
});
export type NodeScore = Data<typeof NodeScore>;

/** Values of a variant, by axis. */
export const Cell = z.record(z.string(), z.string());

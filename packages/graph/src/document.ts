/**
 * The graph document: the one JSON file that the editor draws and the runner runs.
 *
 * `parseDocument` is the first stage of the flow: text in, a GraphDocument whose shape is checked out. It knows nothing of node
 * types (validate.ts does). Opening a file never runs code: the document is data only, there are no expressions.
 */
import { z } from 'zod';
import { findDuplicateKeys } from './duplicate-keys.ts';
import { type Problem, RadiographError } from './errors.ts';
import { parseJsonText, withoutMark } from './json-text.ts';

// Looking one of these up in any object finds a function.
const inherited = Object.getOwnPropertyNames(Object.prototype).join('|');
const name = `(?!(?:${inherited})(?![A-Za-z0-9_-]))[A-Za-z][A-Za-z0-9_-]*`;
const idPattern = new RegExp(`^${name}$`);
const referencePattern = new RegExp(`^${name}\\.${name}$`);
const idRule =
  'a letter followed by letters, digits, "-" or "_" (constructor, toString and the like are taken)';

const NodeId = z.string().regex(idPattern, idRule);
const Reference = z.string().regex(referencePattern, '"<node>.<name>"');
const Point = z.tuple([z.number(), z.number()]);
const Json = z.json();

const DocumentNode = z.strictObject({
  type: z.string().min(1),
  version: z.int().min(1),
  params: z.record(z.string(), Json).default({}),
  label: z.string().optional(),
  disabled: z.boolean().optional(),
  note: z.string().optional(),
});
/** A node as saved: its type, the version of that type, and its parameters. */
export type DocumentNode = z.infer<typeof DocumentNode>;

const DocumentEdge = z.strictObject({
  from: Reference,
  to: Reference,
  via: z.array(Point).min(1).optional(),
});
/** A wire as saved: `"<node>.<output>"` to `"<node>.<input>"`; `via` are the points it is drawn through. */
export type DocumentEdge = z.infer<typeof DocumentEdge>;

const Group = z.strictObject({
  id: NodeId,
  title: z.string(),
  nodes: z.array(NodeId),
  color: z.string().optional(),
  collapsed: z.boolean().optional(),
});
/** A frame around nodes; collapsed it is drawn as one node. Only a drawing: it changes no key. */
export type Group = z.infer<typeof Group>;

const Note = z.strictObject({
  id: NodeId,
  text: z.string(),
  at: Point,
  size: Point.optional(),
  color: z.string().optional(),
});
/** A text on the canvas. */
export type Note = z.infer<typeof Note>;

const VariantValue = z.strictObject({
  set: z.record(Reference, Json).optional(),
  disable: z.array(NodeId).optional(),
  connect: z.array(DocumentEdge).optional(),
  disconnect: z.array(DocumentEdge).optional(),
});
/** What one value of an axis changes in the document. */
export type VariantValue = z.infer<typeof VariantValue>;

const CellValues = z.record(z.string(), z.string());

const SweepSettings = z.strictObject({
  /** What the sweep is to find out; heads its report. */
  question: z.string().optional(),
  /** Axes of `variants` that are swept, in this order; all of them if left out. */
  axes: z.array(z.string()).optional(),
  /** grid: every combination; zip: first values together, second values together ...; list: `cells` alone. */
  combine: z.enum(['grid', 'zip', 'list']).optional(),
  cells: z.array(CellValues).optional(),
  /** Combinations to leave out: a cell that has all these values. */
  skip: z.array(CellValues).optional(),
  /** Seeds per cell: the document's, and those that follow it. */
  seeds: z.int().min(1).max(1000).optional(),
});
/** How `variants` are swept. */
export type SweepSettings = z.infer<typeof SweepSettings>;

const GraphDocument = z.strictObject({
  format: z.literal('radiograph/1'),
  name: z.string(),
  description: z.string().default(''),
  seed: z.int().min(0).max(0xffffffff).default(0),
  /** The folder that `$RADIOGRAPH_DATA` stands for in this graph's paths; left out: the environment's. Changes no key. */
  data: z.string().min(1).optional(),
  nodes: z.record(NodeId, DocumentNode),
  edges: z.array(DocumentEdge).default([]),
  variants: z.record(z.string(), z.record(z.string(), VariantValue)).optional(),
  sweep: SweepSettings.optional(),
  expose: z.record(NodeId, Reference).optional(),
  layout: z.record(NodeId, Point).optional(),
  groups: z.array(Group).optional(),
  notes: z.array(Note).optional(),
});
/** A saved graph (`*.graph.json`). Layout, groups, notes and labels never enter a cache key. */
export type GraphDocument = z.infer<typeof GraphDocument>;

/**
 * Parses the text of a graph file. A byte order mark before it, as Windows editors write, is accepted.
 *
 * @throws {RadiographError} code `graph`, listing every problem of shape with its path; for broken JSON and for keys that
 * an object has twice also the line.
 */
export function parseDocument(text: string): GraphDocument {
  const result = GraphDocument.safeParse(parseUnique(text), { reportInput: true });
  if (result.success) return result.data;
  throw new RadiographError('graph', result.error.issues.map(toProblem));
}

/** Writes a document as canonical text: fixed key order, 2 spaces, one edge and one layout point per line, a newline at the end. */
export function printDocument(document: GraphDocument): string {
  // Parsing puts every object's keys in the schema's order. What does not parse is printed as it is: reading it tells what is wrong.
  const ordered = GraphDocument.safeParse(document).data ?? document;
  return `${joinFlat(JSON.stringify(ordered, null, 2))}\n`;
}

/** Puts objects and arrays that hold only plain values on one line where they fit: wires, points, class lists. */
function joinFlat(text: string): string {
  return text.replace(/([[{])\n([^[\]{}]*?)\n\s*([\]}])/g, (group, open: string, inner: string) => {
    const joined = inner.trim().replaceAll(/,\n\s*/g, ', ');
    const flat = open === '{' ? `{ ${joined} }` : `[${joined}]`;
    return flat.length <= 90 ? flat : group;
  });
}

/** Splits `"node.port"` into its parts. */
export function splitReference(reference: string): { nodeId: string; name: string } {
  const [nodeId = '', name = ''] = reference.split('.');
  return { nodeId, name };
}

function parseUnique(text: string): unknown {
  const value = parseJsonText(text);
  const twice = findDuplicateKeys(withoutMark(text));
  if (twice.length > 0) throw new RadiographError('graph', twice);
  return value;
}

/** Turns a zod issue into a problem in our words: `path: expected X, got Y`. */
export function toProblem(issue: z.core.$ZodIssue): Problem {
  const path = issue.path.map(String).join('.');
  return { path, message: describeIssue(issue) };
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const got = issue.input === undefined ? '' : `, got ${JSON.stringify(issue.input)}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `expected no key ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_type':
      return issue.input === undefined
        ? `expected ${issue.expected}, got nothing`
        : `expected ${issue.expected}${got}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}${got}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.inclusive === false ? ' (exclusive)' : ''}${got}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.inclusive === false ? ' (exclusive)' : ''}${got}`;
    case 'invalid_key':
      return `expected a name of ${issue.issues.map(({ message }) => message).join(', ')}${got}`;
    case 'invalid_format':
      return `expected ${issue.message}${got}`;
    default:
      return `${issue.message}${got}`;
  }
}

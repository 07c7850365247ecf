/** JSON Schema of a node's parameters -> the fields of its form. */
import type { DocumentNode, NodeDescription } from '@radiograph/graph';

export type ParamValue = DocumentNode['params'][string];

type Schema = Exclude<NonNullable<NodeDescription['params']['properties']>[string], boolean>;

/** What a field edits. `json`: a shape without a control of its own, edited as text. */
export type Control =
  | {
      readonly type: 'number';
      readonly isInteger: boolean;
      readonly min?: number;
      readonly max?: number;
    }
  | { readonly type: 'choice'; readonly values: readonly (string | number)[] }
  | { readonly type: 'switch' }
  | { readonly type: 'text' }
  | { readonly type: 'words' }
  | { readonly type: 'numbers' }
  | { readonly type: 'json' };

export type Param = {
  readonly name: string;
  readonly help: string;
  readonly fallback: unknown;
  readonly control: Control;
  /** `1 to 64`, or empty. */
  readonly range: string;
};

/** The parameters in the order of their schema. */
export function readSchema({ properties = {} }: NodeDescription['params']): Param[] {
  return Object.entries(properties).flatMap(([name, schema]) =>
    typeof schema === 'boolean'
      ? []
      : [
          {
            name,
            help: schema.description ?? '',
            fallback: schema.default,
            control: readControl(schema),
            range: describeRange(schema),
          },
        ],
  );
}

function readControl(schema: Schema): Control {
  if (schema.enum !== undefined) return { type: 'choice', values: schema.enum.filter(isPlain) };
  switch (schema.type) {
    case 'integer':
    case 'number':
      return { type: 'number', isInteger: schema.type === 'integer', ...limitsOf(schema) };
    case 'boolean':
      return { type: 'switch' };
    case 'string':
      return { type: 'text' };
    case 'array':
      return readList(schema.items);
    default:
      return { type: 'json' };
  }
}

function readList(items: Schema['items']): Control {
  const type = typeof items === 'object' && !Array.isArray(items) ? items.type : undefined;
  if (type === 'string') return { type: 'words' };
  return type === 'integer' || type === 'number' ? { type: 'numbers' } : { type: 'json' };
}

const isPlain = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

const isBound = (bound: unknown): bound is number =>
  typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER;

function limitsOf({ minimum, maximum }: Schema): { min?: number; max?: number } {
  return {
    ...(isBound(minimum) ? { min: minimum } : {}),
    ...(isBound(maximum) ? { max: maximum } : {}),
  };
}

function describeRange({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const low = isBound(exclusiveMinimum)
    ? `above ${exclusiveMinimum}`
    : isBound(minimum)
      ? `${minimum}`
      : '';
  if (!isBound(maximum)) return low === '' ? '' : low.startsWith('above') ? low : `from ${low}`;
  return low === '' ? `up to ${maximum}` : `${low} to ${maximum}`;
}

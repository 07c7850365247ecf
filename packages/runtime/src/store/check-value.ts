/** Whether a value has the form of its kind: what a node returned is not trusted, because its type is erased by then. */
import { type PortKind, RadiographError } from '@radiograph/graph';

type Form = 'text' | 'number' | 'list' | 'object' | 'bytes' | 'pixels' | 'floats' | 'weights';

/** The members that every value of a kind must have. */
const forms: { readonly [K in PortKind]: Readonly<Record<string, Form>> } = {
  images: { ids: 'list', patientIds: 'list', frames: 'list', rows: 'list', pixels: 'pixels' },
  labels: { ids: 'list', classes: 'list', values: 'list' },
  masks: { ids: 'list', classes: 'list', source: 'text', sizes: 'list', counts: 'list' },
  saliency: { ids: 'list', grid: 'list', frame: 'list', values: 'floats', probabilities: 'floats' },
  model: { role: 'text', architecture: 'object', classes: 'list', weights: 'weights' },
  supervision: { mixing: 'object' },
  predictions: { ids: 'list', classes: 'list', thresholds: 'list', probabilities: 'floats' },
  scores: { classes: 'list', ids: 'list', dataset: 'object', perImage: 'object' },
  table: { title: 'text', columns: 'list', rows: 'list' },
  figure: { caption: 'text', width: 'number', height: 'number', png: 'bytes' },
  file: { description: 'text', extension: 'text', bytes: 'bytes' },
};

const hasForm: { readonly [F in Form]: (value: unknown) => boolean } = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  list: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null,
  bytes: (value) => value instanceof Uint8Array,
  pixels: (value) => value instanceof Uint8Array || value instanceof Uint16Array,
  floats: (value) => value instanceof Float32Array,
  weights: (value) => value instanceof Map,
};

/** @throws a node error that says what was expected and what came. */
export function assertKind(kind: PortKind, value: unknown): void {
  const members = typeof value === 'object' && value !== null ? value : undefined;
  const wrong = Object.entries(forms[kind]).find(
    ([name, form]) => !hasForm[form]((members as Record<string, unknown> | undefined)?.[name]),
  );
  if (wrong === undefined) return;
  const [name, form] = wrong;
  const got =
    members === undefined
      ? describe(value)
      : `one whose ${name} is ${describe((members as Record<string, unknown>)[name])}`;
  const message = `expected a value of kind ${kind} (with ${name}: ${form}), got ${got}`;
  throw new RadiographError('node', { path: 'output', message });
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value !== 'object') return `the ${typeof value} ${String(value).slice(0, 40)}`;
  return `a ${value.constructor?.name ?? 'value without a constructor'}`;
}

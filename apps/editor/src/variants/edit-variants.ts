/** Changes of a document's variants: axes, their values, and what a value changes. */
import type { GraphDocument, VariantValue } from '@radiograph/graph';
import { withField } from '../document/edits.ts';

type Change = (document: GraphDocument) => GraphDocument;
type Axes = NonNullable<GraphDocument['variants']>;

const setAxes = (document: GraphDocument, axes: Axes) => withField(document, 'variants', axes);

/** Adds or replaces an axis. */
export const setAxis =
  (axis: string, values: Axes[string]): Change =>
  (document) =>
    setAxes(document, { ...document.variants, [axis]: values });

export const removeAxis =
  (axis: string): Change =>
  (document) => {
    const { [axis]: _, ...rest } = document.variants ?? {};
    return setAxes(document, rest);
  };

/** Sets what a value of an axis changes; undefined removes the value. */
export const setAxisValue =
  (axis: string, name: string, value: VariantValue | undefined): Change =>
  (document) => {
    const { [name]: _, ...others } = document.variants?.[axis] ?? {};
    const values = value === undefined ? others : { ...document.variants?.[axis], [name]: value };
    return setAxis(axis, values)(document);
  };

/** A change with one of its lists replaced; empty lists are dropped. */
export function withList<K extends keyof VariantValue>(
  value: VariantValue,
  key: K,
  content: VariantValue[K],
): VariantValue {
  const { [key]: _, ...rest } = value;
  const isEmpty = content === undefined || Object.keys(content).length === 0;
  return isEmpty ? rest : { ...value, [key]: content };
}

/** Rules such as `Cardiomegaly = cardiothoracic_ratio > 0.5`: a finding from a numeric column. */

/** A class made from a numeric column. */
export type LabelRule = {
  readonly name: string;
  readonly column: string;
  readonly compare: (value: number) => boolean;
};

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '==': (a, b) => a === b,
};
/** `[name =] column comparison number`. */
export const rulePattern =
  /^(?:([^=<>]+?)\s*=\s*)?([^=<>]+?)\s*(>=|<=|==|>|<)\s*(-?\d+(?:\.\d+)?)$/;

/** Reads a rule. It must match `rulePattern`. */
export function parseRule(text: string): LabelRule {
  const [, name, column, comparison, number] = rulePattern.exec(text)!;
  const compare = comparisons[comparison!]!;
  return {
    name: name ?? text,
    column: column!,
    compare: (value) => compare(value, Number(number)),
  };
}

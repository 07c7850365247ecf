/** What kind of mistake it was; the CLI maps each kind to one exit code and the server to one HTTP status. */
export type ErrorCode = 'usage' | 'graph' | 'data' | 'node' | 'canceled' | 'mismatch';

/** One thing that is wrong, where it is, and what would be accepted. */
export type Problem = { readonly path: string; readonly message: string };

/** Problems that a message names: of 223,414 missing files the first ones say what is wrong. */
export const mostPrinted = 20;

/**
 * A mistake of the user's: a place, an expectation, the value that came.
 *
 * `problems` holds everything found at once; `message` has one line for each of the first twenty and says how many more there are.
 * Our own bugs are plain errors that start with `internal:`.
 */
export class RadiographError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, problems: readonly Problem[] | Problem, options?: ErrorOptions) {
    const list = 'path' in problems ? [problems] : problems;
    super(printProblems(list), options);
    this.name = 'RadiographError';
    this.code = code;
    this.problems = list;
  }
}

function printProblems(problems: readonly Problem[]): string {
  const lines = problems.slice(0, mostPrinted).map(printProblem);
  const rest = problems.length - lines.length;
  return [...lines, ...(rest > 0 ? [`and ${rest} more like these`] : [])].join('\n');
}

/** Says that a file, folder or value from outside cannot be used; `path` names it. */
export function dataError(path: string, message: string, options?: ErrorOptions): RadiographError {
  return new RadiographError('data', { path, message }, options);
}

/** Writes a problem as `path: message`. */
export function printProblem({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** A refusal with its HTTP status. */
import type { Refusal } from '@radiograph/api';
import type { Problem } from '@radiograph/graph';

type Reason = {
  readonly code: string;
  readonly problem: Problem;
  /** More fields of the reply. */
  readonly details?: Omit<Refusal, 'error'>;
};

/** What a handler throws to answer with another status than those of the house's errors. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly Problem[];
  readonly details: Omit<Refusal, 'error'>;

  constructor(status: number, { code, problem, details = {} }: Reason) {
    super(`${problem.path}: ${problem.message}`);
    this.name = 'HttpError';
    this.status = status;
    this.code = code;
    this.problems = [problem];
    this.details = details;
  }
}

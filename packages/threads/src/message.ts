/** What passes between the main thread and one that serves it. */
import type { ErrorCode, Problem } from '@radiograph/graph';

export type Question = { readonly task: unknown };

export type Reply =
  | { readonly type: 'answer'; readonly answer: unknown }
  /** A mistake of the user's, as data: an error that crosses threads keeps neither its class nor its fields. */
  | { readonly type: 'problems'; readonly code: ErrorCode; readonly problems: readonly Problem[] }
  | { readonly type: 'error'; readonly error: unknown };

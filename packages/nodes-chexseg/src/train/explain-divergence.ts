import { RadiographError } from '@radiograph/graph';
import { NonFiniteLossError } from '@radiograph/tensor';

/** Turns a NaN loss into an error of the user's run: which step, and what to try. */
export async function explainDivergence<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    throw new RadiographError('node', { path: 'loss', message: error.message }, { cause: error });
  }
}

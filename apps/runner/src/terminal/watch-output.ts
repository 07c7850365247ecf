/** What happens when standard output or standard error cannot be written any more. */
import { exitCodes } from '../exit-codes.ts';

type Failing = { readonly on: (event: 'error', listener: (error: Error) => void) => unknown };

/**
 * Nobody reads any more (`radiograph runs | head -1`, a terminal that was closed): what is left is not printed, and what computes goes on. A full disk
 * is said on standard error and is exit code 4. Without a listener Node.js would call either an error of the program.
 */
export function watchOutput(
  output: Failing,
  end: (exitCode: number, message: string) => void,
): void {
  output.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : '';
    if (code === 'EPIPE' || code === 'EIO') return;
    const found = code === 'ENOSPC' || code === 'EDQUOT' ? 'a full disk' : error.message;
    end(exitCodes.data, `error: standard output: expected room for the result, got ${found}`);
  });
}

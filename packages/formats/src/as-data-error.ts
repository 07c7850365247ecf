import { dataError, RadiographError } from '@radiograph/graph';

/**
 * Runs a reader of bytes from outside: it ends with a value or with a data error at `path`.
 *
 * Readers check what they can name. What a library or the language throws at bytes that nobody thought of is named here, in one place.
 */
export function asDataError<T>(path: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof RadiographError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw dataError(path, `expected ${expected}, got: ${why}`, { cause });
  }
}

/** Whatever a parser throws -> one kind of error. */
import { dataError, RadiographError } from '@radiograph/graph';

/**
 * Runs a parser. What it throws on bytes that it cannot follow (errors, texts, objects, addresses of C++ exceptions) becomes a data error
 * at `path` that says what was expected; data errors and our own bugs pass as they are.
 */
export function guard<T>(path: string, expected: string, parse: () => T): T {
  try {
    const result = parse();
    if (!(result instanceof Promise)) return result;
    return result.catch((thrown: unknown) => {
      throw explain(thrown, path, expected);
    }) as T;
  } catch (thrown) {
    throw explain(thrown, path, expected);
  }
}

function explain(thrown: unknown, path: string, expected: string): unknown {
  if (thrown instanceof RadiographError) return thrown;
  if (thrown instanceof Error && thrown.message.startsWith('internal:')) return thrown;
  return dataError(path, `expected ${expected}, got: ${describe(thrown)}`, { cause: thrown });
}

const mostCharacters = 200;

/** The first line of what was thrown: libvips collects the messages of all threads, and what follows may be about another image. */
function describe(thrown: unknown): string {
  if (typeof thrown === 'number') return 'bytes that its decoder refuses'; // an address of a C++ exception
  if (typeof thrown === 'object' && thrown !== null && 'exception' in thrown)
    return describe(thrown.exception); // dicom-parser wraps what it throws
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const line = text.trim().split('\n', 1)[0]!.slice(0, mostCharacters);
  return line === '' || line.startsWith('[object') ? 'bytes that its reader cannot follow' : line;
}

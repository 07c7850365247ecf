import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dataError } from '@radiograph/graph';

/** The entries of a folder, sorted by name. @throws a data error saying what was expected there. */
export async function listFolder(path: string, expected: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const found = code === 'ENOENT' ? 'nothing' : code === 'ENOTDIR' ? 'a file' : String(error);
    throw dataError(path, `expected ${expected}, got ${found}`, { cause: error });
  }
}

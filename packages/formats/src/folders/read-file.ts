/** Files that a user names -> bytes, with words for what else may stand in that place. */
import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { dataError } from '@radiograph/graph';

/**
 * Reads a regular file. `expected` says what it should be: "a CSV file of labels".
 *
 * @throws a data error that tells apart: nothing there, a folder, a device or pipe (which might never end), a file that may not be
 * read, and one too large to be read at once.
 */
export async function readDataFile(path: string, expected: string): Promise<Buffer> {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes would wait for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = describeOther(await file.stat());
      if (found !== undefined) throw dataError(path, `expected ${expected}, got ${found}`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainFileError(error, path, expected);
  }
}

/** What a file is that is no regular one. */
export function describeOther(
  stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket'>,
) {
  if (stats.isFile()) return undefined;
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'nothing: there is no such file',
  ENOTDIR: 'nothing: a folder of its path is a file',
  EISDIR: 'a folder',
  ENXIO: 'a device or socket',
  EACCES: 'one that may not be read (permission denied)',
  EPERM: 'one that may not be read (permission denied)',
  ELOOP: 'a link that leads back to itself',
  ENAMETOOLONG: 'a path that is too long',
  EMFILE: 'no handle: too many files are open (see ulimit -n)',
  ENFILE: 'no handle: too many files are open on this machine',
  ERR_FS_FILE_TOO_LARGE: 'a file larger than 2 GiB',
};

/** The error of a file operation in words; a `RadiographError` stays as it is. */
export function explainFileError(error: unknown, path: string, expected: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (error instanceof Error && error.name === 'RadiographError') return error;
  if (code === undefined) return error;
  const found = reasons[code] ?? `an error of the system (${code})`;
  return dataError(path, `expected ${expected}, got ${found}`, { cause: error });
}

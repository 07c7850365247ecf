import { dataError } from '@radiograph/graph';

/** What the system says of a file or folder that a command was to read or write. */
const faults: Readonly<Record<string, string>> = {
  EACCES: 'expected a place that this user may use, got no permission',
  EPERM: 'expected a place that this user may use, got no permission',
  EROFS: 'expected a place to write to, got a read-only file system',
  ENOSPC: 'expected room on the disk, got a full one',
  ENOTDIR: 'expected a folder, got a file on the way',
  EISDIR: 'expected a file, got a folder',
};

/** Says what the system's refusal of a path means; other errors pass, because they are not the user's. */
export function explainFileError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', path } = error as NodeJS.ErrnoException;
  const fault = Object.hasOwn(faults, code) ? faults[code] : undefined;
  return fault === undefined || path === undefined
    ? error
    : dataError(path, fault, { cause: error });
}

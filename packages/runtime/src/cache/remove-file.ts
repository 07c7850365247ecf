import { rm } from 'node:fs/promises';
import { explainStorage } from '../store/files.ts';

/** Removes a file, if there is one. @throws a data error if it may not. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch((error: unknown) => {
    throw explainStorage(error, path);
  });
}

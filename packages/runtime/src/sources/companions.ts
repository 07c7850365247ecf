/** Files that belong to a source without being named by it: an ONNX model keeps large tensors in files beside it, named after it. */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { digestBytes } from '../store/files.ts';

/** The same digests, but that of a model counts the files beside it, too. A model that has none keeps its own. */
export function withCompanions(
  digest: (path: string) => Promise<string>,
): (path: string) => Promise<string> {
  return async (path) => {
    const own = await digest(path);
    const lines: string[] = [];
    for (const name of listCompanions(path))
      lines.push(`${name}\0${await digest(join(dirname(path), name))}`);
    return lines.length === 0 ? own : digestBytes([own, ...lines].join('\n'));
  };
}

function listCompanions(path: string): string[] {
  if (!path.toLowerCase().endsWith('.onnx')) return [];
  const own = basename(path);
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(own) && name !== own)
    .sort();
}

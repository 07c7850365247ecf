/** The image files of a folder, by name or content; what else lies there is counted. */
import {
  addLeftOut,
  describeLeftOut,
  type FileKind,
  type FoundFile,
  type ImageNames,
  idOfFile,
  namesOfFile,
  recognizeFile,
  throwProblems,
  walkFolder,
} from '@radiograph/formats';
import { dataError } from '@radiograph/graph';

/** An image with every name that others may call it by. */
export type NamedImage = { readonly id: string; readonly names: ImageNames };
/** The file of an image. */
export type ListedImage = FoundFile & NamedImage;

export type ListTask = {
  readonly folder: string;
  /** "PNG or JPEG". */
  readonly what: string;
  /** Kinds of content that are taken. */
  readonly kinds: readonly FileKind[];
  /** Names that are taken as they are: what is wrong inside such a file is an error, not a reason to leave it out. */
  readonly pattern: RegExp;
  readonly deep: boolean;
  readonly log: (message: string) => void;
};

/**
 * Lists images, sorted by name; the log says what was left out, by reason.
 *
 * @throws a data error if there is none, and for files that would have one id.
 */
export async function listImages(task: ListTask): Promise<ListedImage[]> {
  const { folder, what, deep } = task;
  const expected = `a folder of ${what} files`;
  const content = await walkFolder(folder, { expected, deep });
  const { taken, leftOut } = await sortOut(task, content.files);
  const folders = deep ? [] : content.folders.map(({ name }) => name);
  let all = addLeftOut(content.leftOut, 'sub-folders', folders);
  for (const [reason, names] of leftOut) all = addLeftOut(all, reason, names);
  const said = describeLeftOut(all);
  if (taken.length === 0)
    throw dataError(
      folder,
      `expected ${what} files, got none${said === undefined ? '' : `; ${said}`}`,
    );
  if (said !== undefined) task.log(`${taken.length} ${what} files; ${said}`);
  const listed = taken.map((file) => ({
    ...file,
    id: idOfFile(file.name),
    names: namesOfFile(file.name),
  }));
  assertUniqueIds(listed);
  return listed;
}

const mostOpen = 32;

/** Opens what no name explains. */
async function sortOut({ kinds, pattern, what }: ListTask, files: readonly FoundFile[]) {
  const kindOf = new Map<FoundFile, FileKind>();
  const unknown = files.filter(({ name }) => !pattern.test(name));
  for (let at = 0; at < unknown.length; at += mostOpen)
    await Promise.all(
      unknown.slice(at, at + mostOpen).map(async (file) => {
        kindOf.set(file, await recognizeFile(file.path));
      }),
    );
  const leftOut = new Map<string, string[]>();
  const taken = files.filter((file) => {
    const kind = kindOf.get(file);
    if (kind === undefined || kinds.includes(kind)) return true;
    const reason = kind === 'other' ? `that are no ${what} files` : `${kind.toUpperCase()} files`;
    const names = leftOut.get(reason) ?? [];
    leftOut.set(reason, names);
    names.push(file.name);
    return false;
  });
  return { taken, leftOut };
}

function assertUniqueIds(listed: readonly ListedImage[]): void {
  const first = new Map<string, string>();
  throwProblems(
    listed.flatMap(({ id, name, path }) => {
      const earlier = first.get(id);
      first.set(id, earlier ?? name);
      if (earlier === undefined) return [];
      return [
        { path, message: `expected one file per id, got a second ${id} (beside ${earlier})` },
      ];
    }),
  );
}

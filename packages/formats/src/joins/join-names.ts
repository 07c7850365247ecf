/** How rows, masks and maps of files find their images: by whole names, in Unicode NFC, by any name that a data set gives an image. */

/** The names of an image. */
export type ImageNames = {
  /** Of this image alone: its id, its path below the folder with and without extension, its SOP Instance UID. */
  readonly whole: readonly string[];
  /** That another image may have, too: the file name without its folders, with and without extension. */
  readonly short: readonly string[];
};

/** Which key belongs to which image; all are indices. */
export type Join = {
  /** The image of each key; -1 = none. Several keys may belong to one image. */
  readonly imageOf: Int32Array;
  /** Images that no key names. */
  readonly leftImages: readonly number[];
  /** Keys that name no image. */
  readonly leftKeys: readonly number[];
  /** Keys that name several images, and so none; they are among `leftKeys`. */
  readonly ambiguous: readonly number[];
};

const extensions = /(?<=[^/])\.(png|jpe?g|dcm|dicom|dic|ima|tiff?|bmp|gif|webp|pkl|nii|nii\.gz)$/i;

/** A file name without the extension of an image; other dots stay, for UIDs hold them. */
export function cutExtension(name: string): string {
  return name.replace(extensions, '');
}

/** The id of a file: its path below the folder without extension, slashes as underscores, in NFC. */
export function idOfFile(name: string): string {
  return cutExtension(name).replaceAll('/', '_').normalize('NFC');
}

/** The names of an image that is this file, path with slashes, and of any others that are its own. */
export function namesOfFile(name: string, others: readonly string[] = []): ImageNames {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return {
    whole: [idOfFile(name), name, cutExtension(name), ...others],
    short: [base, cutExtension(base)],
  };
}

const several = -2;

/**
 * Joins keys (cells of a table, file names, keys of a JSON file) to images.
 *
 * A key is looked up as it is, then without extension, then without its first folder, and so on: the first name that is an image's
 * decides. Blanks around it do not count, and backslashes are slashes where they are no part of a name. Linear in images and keys.
 */
export function joinNames(images: readonly ImageNames[], keys: readonly string[]): Join {
  const find = indexNames(images);
  const imageOf = Int32Array.from(keys, find);
  const isNamed = new Uint8Array(images.length);
  const [leftKeys, ambiguous]: [number[], number[]] = [[], []];
  for (const [k, image] of imageOf.entries()) {
    if (image >= 0) isNamed[image] = 1;
    else leftKeys.push(k);
    if (image === several) ambiguous.push(k);
  }
  const leftImages = [...images.keys()].filter((i) => isNamed[i] === 0);
  return { imageOf: imageOf.map((image) => Math.max(image, -1)), leftImages, leftKeys, ambiguous };
}

function indexNames(images: readonly ImageNames[]): (key: string) => number {
  const [whole, short] = [new Map<string, number>(), new Map<string, number>()];
  const add = (index: Map<string, number>, name: string, image: number) => {
    const key = name.normalize('NFC');
    const known = index.get(key);
    index.set(key, known === undefined || known === image ? image : several);
  };
  for (const [i, names] of images.entries()) {
    for (const name of names.whole) add(whole, name, i);
    for (const name of names.short) add(short, name, i);
  }
  const get = (name: string) => whole.get(name) ?? short.get(name);
  const findIn = (path: string): number | undefined => {
    for (let at = 0; ; ) {
      const name = path.slice(at);
      const found = get(name) ?? get(cutExtension(name));
      if (found !== undefined) return found;
      const slash = path.indexOf('/', at);
      if (slash < 0) return undefined;
      at = slash + 1;
    }
  };
  return (key) => {
    const name = key.trim().normalize('NFC');
    if (name === '') return -1;
    return (
      findIn(name) ?? (name.includes('\\') ? findIn(name.replaceAll('\\', '/')) : undefined) ?? -1
    );
  };
}

// What was built of sources: a folder of files beside a list of the sources that they were made of. It is used while each of these has
// the content that it had. Times only spare the reading: a checkout, an image's layers or a copy may give files other ones.
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

const keepMs = 7 * 24 * 3600 * 1000; // a process that started from an older folder may still load parts of it
const listName = 'built.json';
let builds = 0; // one process may begin two within a millisecond

/** The built folder of `dist`, or undefined if there is none or a source has changed since. */
export function findBuilt(dist) {
  try {
    const { folder, sources } = JSON.parse(readFileSync(join(dist, listName), 'utf8'));
    return sources.every((source) => isSame(dist, source)) ? join(dist, folder) : undefined;
  } catch {
    return undefined; // none yet, or a source is gone
  }
}

function isSame(dist, [path, size, mtimeMs, digest]) {
  const place = resolve(dist, path);
  const found = statSync(place);
  return found.size === size && (found.mtimeMs === mtimeMs || digestOf(place) === digest);
}

const digestOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** A new folder to build into; what nobody can use any more is cleared. */
export function beginBuild(dist) {
  mkdirSync(dist, { recursive: true });
  const startedMs = Date.now();
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    const age = startedMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? startedMs);
    if (age > keepMs && name !== listName) rmSync(path, { recursive: true, force: true });
  }
  const folder = join(dist, `${startedMs.toString(36)}-${process.pid}-${builds++}`);
  mkdirSync(folder); // says in plain words where that is not allowed
  return { dist, startedMs, folder };
}

/** Makes a built folder the one in use: its list appears whole, and after the files. */
export function publishBuild({ dist, startedMs, folder }, paths) {
  const sources = [...new Set(paths)].sort().map((path) => {
    const { size, mtimeMs } = statSync(path);
    // A source that may have changed while it was read is compared by content from now on.
    return [
      slashes(relative(dist, path)),
      size,
      mtimeMs < startedMs ? mtimeMs : null,
      digestOf(path),
    ];
  });
  const draft = join(folder, listName);
  writeFileSync(draft, JSON.stringify({ folder: slashes(relative(dist, folder)), sources }));
  renameSync(draft, join(dist, listName));
}

const slashes = (path) => path.split(sep).join('/');

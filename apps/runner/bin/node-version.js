// Says so when Node.js is too old, before it meets what it does not know. It uses nothing that Node 14 lacks.
import { readFileSync } from 'node:fs';

/** One sentence for a Node.js that `engines` of the package leaves out, else undefined. */
export function explainNode(version) {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const { node: accepted } = manifest.engines;
  const parts = version.split('.').map(Number);
  if (accepted.split(' || ').some((range) => isWithin(parts, range))) return undefined;
  return `radiograph needs Node.js ${accepted}, this is ${version}: install a newer one from https://nodejs.org`;
}

/** `^20.19`: this major, from this minor on; `>=24`: this major and all later ones. */
function isWithin([major, minor], range) {
  const [from, least = 0] = range.replace(/^\D+/, '').split('.').map(Number);
  if (major === from) return minor >= least;
  return range.startsWith('>=') && major > from;
}
